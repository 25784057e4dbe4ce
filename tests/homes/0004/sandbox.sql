BEGIN TRANSACTION;
CREATE TABLE audience (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "audience" VALUES(1,'Everybody');
INSERT INTO "audience" VALUES(2,'Play (handoff 20261129-195141-ceb6.1)');
INSERT INTO "audience" VALUES(3,'Other play (handoff 20261129-195240-a093.1)');
CREATE TABLE audience_exclusion (
	id INTEGER NOT NULL, 
	audience_id INTEGER NOT NULL, 
	exclusion_id INTEGER NOT NULL, 
	enabled BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(audience_id) REFERENCES audience (id), 
	FOREIGN KEY(exclusion_id) REFERENCES exclusion (id)
);
CREATE TABLE audience_member (
	audience_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	PRIMARY KEY (audience_id, position), 
	FOREIGN KEY(audience_id) REFERENCES audience (id), 
	FOREIGN KEY(person_id) REFERENCES person (id)
);
INSERT INTO "audience_member" VALUES(1,0,1);
INSERT INTO "audience_member" VALUES(1,1,2);
INSERT INTO "audience_member" VALUES(1,2,3);
INSERT INTO "audience_member" VALUES(1,3,4);
INSERT INTO "audience_member" VALUES(1,4,5);
INSERT INTO "audience_member" VALUES(1,5,6);
INSERT INTO "audience_member" VALUES(1,6,7);
INSERT INTO "audience_member" VALUES(1,7,8);
INSERT INTO "audience_member" VALUES(1,8,9);
INSERT INTO "audience_member" VALUES(1,9,10);
INSERT INTO "audience_member" VALUES(1,10,11);
INSERT INTO "audience_member" VALUES(1,11,12);
INSERT INTO "audience_member" VALUES(1,12,13);
INSERT INTO "audience_member" VALUES(2,0,1);
INSERT INTO "audience_member" VALUES(2,1,2);
INSERT INTO "audience_member" VALUES(2,2,3);
INSERT INTO "audience_member" VALUES(2,3,4);
INSERT INTO "audience_member" VALUES(2,4,5);
INSERT INTO "audience_member" VALUES(2,5,6);
INSERT INTO "audience_member" VALUES(3,0,11);
INSERT INTO "audience_member" VALUES(3,1,12);
INSERT INTO "audience_member" VALUES(3,2,13);
CREATE TABLE company (
	id INTEGER NOT NULL, 
	domain VARCHAR NOT NULL, 
	owner_id INTEGER, 
	status VARCHAR NOT NULL, 
	listed BOOLEAN NOT NULL, 
	created_at BIGINT DEFAULT '0' NOT NULL, 
	updated_at BIGINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (domain), 
	FOREIGN KEY(owner_id) REFERENCES user_account (id)
);
INSERT INTO "company" VALUES(1,'bigcorp.test',NULL,'customer',1,1793610000,1793610000);
CREATE TABLE enrollment (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	sequence_id INTEGER NOT NULL, 
	mailbox_id INTEGER NOT NULL, 
	play_id INTEGER, 
	enroller_id INTEGER, 
	assign_mode VARCHAR, 
	assign_user_id INTEGER, 
	version INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	steps_done INTEGER NOT NULL, 
	started_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	end_reason VARCHAR, 
	next_step_at BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES person (id), 
	FOREIGN KEY(sequence_id) REFERENCES sequence (id), 
	FOREIGN KEY(mailbox_id) REFERENCES mailbox (id), 
	FOREIGN KEY(play_id) REFERENCES play (id), 
	FOREIGN KEY(enroller_id) REFERENCES user_account (id), 
	FOREIGN KEY(assign_user_id) REFERENCES user_account (id)
);
INSERT INTO "enrollment" VALUES(1,1,1,1,1,NULL,'ASSIGN_TO_MAILBOX_OWNER',1,1,'canceled',1,1793437200,1793624233,'mailbox_owner_changed',NULL);
INSERT INTO "enrollment" VALUES(2,2,1,1,1,NULL,'ASSIGN_TO_MAILBOX_OWNER',1,1,'canceled',1,1793437200,1793624233,'mailbox_owner_changed',NULL);
INSERT INTO "enrollment" VALUES(3,3,1,1,1,NULL,'ASSIGN_TO_MAILBOX_OWNER',1,1,'canceled',1,1793437200,1793624233,'mailbox_owner_changed',NULL);
INSERT INTO "enrollment" VALUES(4,4,1,1,1,NULL,'ASSIGN_TO_MAILBOX_OWNER',1,1,'canceled',1,1793437200,1793624233,'mailbox_owner_changed',NULL);
INSERT INTO "enrollment" VALUES(5,5,1,1,1,NULL,'ASSIGN_TO_MAILBOX_OWNER',1,1,'canceled',1,1793437200,1793624233,'mailbox_owner_changed',NULL);
INSERT INTO "enrollment" VALUES(6,6,1,1,1,NULL,'ASSIGN_TO_MAILBOX_OWNER',1,1,'canceled',1,1793437200,1793624233,'mailbox_owner_changed',NULL);
CREATE TABLE enrollment_pause (
	enrollment_id INTEGER NOT NULL, 
	paused BOOLEAN NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (enrollment_id), 
	FOREIGN KEY(enrollment_id) REFERENCES enrollment (id)
);
CREATE TABLE enrollment_step (
	id INTEGER NOT NULL, 
	enrollment_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	type VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	derived BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (enrollment_id, number), 
	FOREIGN KEY(enrollment_id) REFERENCES enrollment (id)
);
INSERT INTO "enrollment_step" VALUES(1,1,1,'AUTOMATIC_EMAIL','FINISHED',1793437200,1);
INSERT INTO "enrollment_step" VALUES(2,1,2,'PHONE_CALL','CANCELED',1793610000,0);
INSERT INTO "enrollment_step" VALUES(3,2,1,'AUTOMATIC_EMAIL','FINISHED',1793437200,1);
INSERT INTO "enrollment_step" VALUES(4,2,2,'PHONE_CALL','CANCELED',1793610000,0);
INSERT INTO "enrollment_step" VALUES(5,3,1,'AUTOMATIC_EMAIL','FINISHED',1793437200,1);
INSERT INTO "enrollment_step" VALUES(6,3,2,'PHONE_CALL','CANCELED',1793610000,0);
INSERT INTO "enrollment_step" VALUES(7,4,1,'AUTOMATIC_EMAIL','FINISHED',1793437200,1);
INSERT INTO "enrollment_step" VALUES(8,4,2,'PHONE_CALL','CANCELED',1793610000,0);
INSERT INTO "enrollment_step" VALUES(9,5,1,'AUTOMATIC_EMAIL','FINISHED',1793437200,1);
INSERT INTO "enrollment_step" VALUES(10,5,2,'PHONE_CALL','CANCELED',1793610000,0);
INSERT INTO "enrollment_step" VALUES(11,6,1,'AUTOMATIC_EMAIL','FINISHED',1793437200,1);
INSERT INTO "enrollment_step" VALUES(12,6,2,'PHONE_CALL','CANCELED',1793610000,0);
CREATE TABLE entrant (
	person_id INTEGER NOT NULL, 
	mailbox_id INTEGER, 
	first_mailbox_id INTEGER, 
	PRIMARY KEY (person_id)
);
INSERT INTO "entrant" VALUES(11,NULL,NULL);
INSERT INTO "entrant" VALUES(12,NULL,NULL);
INSERT INTO "entrant" VALUES(13,NULL,NULL);
CREATE TABLE exclusion (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	exclude_from_sequences BOOLEAN NOT NULL, 
	last_activity_within_days INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "exclusion" VALUES(1,'Customers',1,NULL);
INSERT INTO "exclusion" VALUES(2,'Churned',0,NULL);
CREATE TABLE exclusion_match (
	id INTEGER NOT NULL, 
	exclusion_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(exclusion_id) REFERENCES exclusion (id)
);
INSERT INTO "exclusion_match" VALUES(1,1,'company_domain','bigcorp.test');
INSERT INTO "exclusion_match" VALUES(2,2,'person_email','d0@x.test');
INSERT INTO "exclusion_match" VALUES(3,2,'person_email','d1@x.test');
INSERT INTO "exclusion_match" VALUES(4,2,'person_email','d2@x.test');
CREATE TABLE mailbox (
	id INTEGER NOT NULL, 
	email VARCHAR NOT NULL, 
	owner_id INTEGER, 
	paused BOOLEAN NOT NULL, 
	daily_limit INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (email), 
	FOREIGN KEY(owner_id) REFERENCES user_account (id)
);
INSERT INTO "mailbox" VALUES(1,'ana@send.acme.test',2,0,25);
INSERT INTO "mailbox" VALUES(2,'bo@send.acme.test',2,0,25);
CREATE TABLE pending_setting (
	id INTEGER NOT NULL, 
	setting VARCHAR NOT NULL, 
	was JSON, 
	value JSON, 
	takes_effect_at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (setting)
);
INSERT INTO "pending_setting" VALUES(1,'exclusion:Churned:exclude_from_sequences','true','false',1793636046);
INSERT INTO "pending_setting" VALUES(2,'ruleset:Default:exclusion:Churned','true','false',1793635747);
CREATE TABLE person (
	id INTEGER NOT NULL, 
	email VARCHAR NOT NULL, 
	first_name VARCHAR NOT NULL, 
	company_id INTEGER, 
	owner_id INTEGER, 
	status VARCHAR NOT NULL, 
	email_opt_out BOOLEAN NOT NULL, 
	do_not_email BOOLEAN NOT NULL, 
	created_at BIGINT DEFAULT '0' NOT NULL, 
	updated_at BIGINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (email), 
	FOREIGN KEY(company_id) REFERENCES company (id), 
	FOREIGN KEY(owner_id) REFERENCES user_account (id)
);
INSERT INTO "person" VALUES(1,'p0@x.test','',NULL,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(2,'p1@x.test','',NULL,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(3,'p2@x.test','',NULL,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(4,'p3@x.test','',NULL,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(5,'p4@x.test','',NULL,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(6,'p5@x.test','',NULL,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(7,'c0@big.test','',1,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(8,'c1@big.test','',1,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(9,'c2@big.test','',1,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(10,'c3@big.test','',1,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(11,'d0@x.test','',NULL,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(12,'d1@x.test','',NULL,NULL,'lead',0,0,1793610000,1793610000);
INSERT INTO "person" VALUES(13,'d2@x.test','',NULL,NULL,'lead',0,0,1793610000,1793610000);
CREATE TABLE play (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	audience_id INTEGER, 
	sequence_id INTEGER NOT NULL, 
	published BOOLEAN NOT NULL, 
	allow_reruns BOOLEAN NOT NULL, 
	rerun_cooldown_days INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	FOREIGN KEY(audience_id) REFERENCES audience (id), 
	FOREIGN KEY(sequence_id) REFERENCES sequence (id)
);
INSERT INTO "play" VALUES(1,'Play',1,1,0,1,1);
INSERT INTO "play" VALUES(2,'Other play',1,2,0,1,1);
INSERT INTO "play" VALUES(3,'Play (handoff 20261129-195141-ceb6.1)',2,1,0,1,1);
INSERT INTO "play" VALUES(4,'Other play (handoff 20261129-195240-a093.1)',3,2,0,1,1);
CREATE TABLE play_log (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	reason VARCHAR, 
	logged BOOLEAN NOT NULL, 
	resume_after INTEGER, 
	mailbox_id INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (run_id, person_id), 
	FOREIGN KEY(run_id) REFERENCES play_run (id), 
	FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE TABLE play_mailbox (
	play_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	mailbox_id INTEGER NOT NULL, 
	PRIMARY KEY (play_id, position), 
	FOREIGN KEY(play_id) REFERENCES play (id), 
	FOREIGN KEY(mailbox_id) REFERENCES mailbox (id)
);
INSERT INTO "play_mailbox" VALUES(1,0,1);
INSERT INTO "play_mailbox" VALUES(2,0,1);
INSERT INTO "play_mailbox" VALUES(3,0,1);
INSERT INTO "play_mailbox" VALUES(4,0,1);
CREATE TABLE play_run (
	id INTEGER NOT NULL, 
	play_id INTEGER, 
	ran_at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(play_id) REFERENCES play (id)
);
CREATE TABLE rep_task (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	type VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	assignee_id INTEGER, 
	sequence_id INTEGER, 
	mailbox_id INTEGER, 
	enrollment_id INTEGER, 
	due_at BIGINT, 
	ended_at BIGINT, 
	priority VARCHAR NOT NULL, 
	note VARCHAR, 
	created_at BIGINT NOT NULL, 
	changed_at BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(person_id) REFERENCES person (id), 
	FOREIGN KEY(assignee_id) REFERENCES user_account (id), 
	FOREIGN KEY(sequence_id) REFERENCES sequence (id), 
	FOREIGN KEY(mailbox_id) REFERENCES mailbox (id), 
	FOREIGN KEY(enrollment_id) REFERENCES enrollment (id)
);
INSERT INTO "rep_task" VALUES(1,1,'PHONE_CALL','READY',1,1,1,1,1793613600,NULL,'MEDIUM',NULL,1793613600,NULL);
INSERT INTO "rep_task" VALUES(2,2,'PHONE_CALL','READY',1,1,1,2,1793613600,NULL,'MEDIUM',NULL,1793613600,NULL);
INSERT INTO "rep_task" VALUES(3,3,'PHONE_CALL','READY',1,1,1,3,1793613600,NULL,'MEDIUM',NULL,1793613600,NULL);
INSERT INTO "rep_task" VALUES(4,4,'PHONE_CALL','READY',1,1,1,4,1793613600,NULL,'MEDIUM',NULL,1793613600,NULL);
INSERT INTO "rep_task" VALUES(5,5,'PHONE_CALL','READY',1,1,1,5,1793613600,NULL,'MEDIUM',NULL,1793613600,NULL);
INSERT INTO "rep_task" VALUES(6,6,'PHONE_CALL','READY',1,1,1,6,1793613600,NULL,'MEDIUM',NULL,1793613600,NULL);
CREATE TABLE ruleset (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	is_default BOOLEAN NOT NULL, 
	allow_same_sequence_reenrollment BOOLEAN NOT NULL, 
	block_reenrollment JSON, 
	task_assignment JSON, 
	task_assignment_set_at BIGINT, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "ruleset" VALUES(1,'Default',1,1,'{"value": 0, "unit": "DAY"}','{"automatic": "ASSIGN_TO_MAILBOX_OWNER", "manual": "ASSIGN_TO_ENROLLER", "user": null}',NULL);
CREATE TABLE ruleset_exclusion (
	id INTEGER NOT NULL, 
	ruleset_id INTEGER NOT NULL, 
	exclusion_id INTEGER NOT NULL, 
	enabled BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(ruleset_id) REFERENCES ruleset (id), 
	FOREIGN KEY(exclusion_id) REFERENCES exclusion (id)
);
INSERT INTO "ruleset_exclusion" VALUES(1,1,1,1);
INSERT INTO "ruleset_exclusion" VALUES(2,1,2,0);
CREATE TABLE sequence (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	ruleset_id INTEGER, 
	paused BOOLEAN NOT NULL, 
	version INTEGER NOT NULL, 
	task_assignment JSON, 
	task_assignment_set_at BIGINT, 
	send_days JSON, 
	deleted BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	FOREIGN KEY(ruleset_id) REFERENCES ruleset (id)
);
INSERT INTO "sequence" VALUES(1,'Outbound',NULL,0,1,'null',NULL,'["MON", "TUE", "WED", "THU", "FRI"]',0);
INSERT INTO "sequence" VALUES(2,'Nurture',NULL,0,1,'null',NULL,'["MON", "TUE", "WED", "THU", "FRI"]',0);
CREATE TABLE sequence_step (
	id INTEGER NOT NULL, 
	sequence_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	type VARCHAR NOT NULL, 
	wait_days INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(sequence_id) REFERENCES sequence (id)
);
INSERT INTO "sequence_step" VALUES(1,1,1,1,'AUTOMATIC_EMAIL',0);
INSERT INTO "sequence_step" VALUES(2,1,1,2,'PHONE_CALL',2);
INSERT INTO "sequence_step" VALUES(3,1,1,3,'AUTOMATIC_EMAIL',3);
INSERT INTO "sequence_step" VALUES(4,1,1,4,'AUTOMATIC_EMAIL',4);
INSERT INTO "sequence_step" VALUES(5,2,1,1,'AUTOMATIC_EMAIL',0);
INSERT INTO "sequence_step" VALUES(6,2,1,2,'PHONE_CALL',2);
INSERT INTO "sequence_step" VALUES(7,2,1,3,'AUTOMATIC_EMAIL',3);
INSERT INTO "sequence_step" VALUES(8,2,1,4,'AUTOMATIC_EMAIL',4);
CREATE TABLE user_account (
	id INTEGER NOT NULL, 
	email VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	created_at BIGINT DEFAULT '0' NOT NULL, 
	updated_at BIGINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (email)
);
INSERT INTO "user_account" VALUES(1,'ana@acme.test','Ana','admin',1793610000,1793610000);
INSERT INTO "user_account" VALUES(2,'bo@acme.test','Bo','rep',1793610000,1793610000);
CREATE TABLE workspace (
	id INTEGER NOT NULL, 
	now BIGINT NOT NULL, 
	clock VARCHAR NOT NULL, 
	anchored_at FLOAT NOT NULL, 
	seed BIGINT NOT NULL, 
	draws INTEGER NOT NULL, 
	behaviour JSON, 
	said JSON, 
	PRIMARY KEY (id)
);
INSERT INTO "workspace" VALUES(1,1793634193,'x120',1.79598196129176831243e+09,0,4,'{"C6": "keeps_id", "C10": "settings", "C11": "enrolls_later", "C18": "removes"}','{"order": [], "sections": {}, "whole": {}}');
CREATE INDEX ix_exclusion_match_exclusion_id ON exclusion_match (exclusion_id);
CREATE INDEX ix_ruleset_exclusion_ruleset_id ON ruleset_exclusion (ruleset_id);
CREATE INDEX ix_audience_exclusion_audience_id ON audience_exclusion (audience_id);
CREATE INDEX ix_person_company_id ON person (company_id);
CREATE INDEX ix_sequence_step_sequence_id ON sequence_step (sequence_id);
CREATE INDEX ix_play_run_play_id ON play_run (play_id);
CREATE INDEX enrollment_due ON enrollment (mailbox_id, next_step_at) WHERE state IN ('queued', 'active');
CREATE INDEX enrollment_of_person ON enrollment (person_id);
CREATE UNIQUE INDEX one_running_enrollment ON enrollment (person_id) WHERE state IN ('queued', 'active');
CREATE INDEX step_done ON enrollment_step (at) WHERE status = 'FINISHED';
CREATE INDEX ix_rep_task_enrollment_id ON rep_task (enrollment_id);
CREATE INDEX ix_rep_task_person_id ON rep_task (person_id);
COMMIT;