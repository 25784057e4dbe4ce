BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE change (
	id INTEGER NOT NULL, 
	operation_id VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	told VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	result JSON, 
	intended_at DATETIME NOT NULL, 
	applied_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	UNIQUE (operation_id, "key")
);
INSERT INTO "change" VALUES(1,'20261129-195141-ceb6','upload:1','upload_audience','upload the audience ''Play (handoff 20261129-195141-ceb6.1)''','applied','{"audience": "Play (handoff 20261129-195141-ceb6.1)", "people": 6}','2026-11-02 13:44:51.000000','2026-11-02 13:44:58.000000');
INSERT INTO "change" VALUES(2,'20261129-195141-ceb6','duplicate_play:1','duplicate_play','duplicate the play ''Play'' as ''Play (handoff 20261129-195141-ceb6.1)''','applied','{"play": "Play (handoff 20261129-195141-ceb6.1)"}','2026-11-02 13:45:00.000000','2026-11-02 13:45:02.000000');
INSERT INTO "change" VALUES(3,'20261129-195141-ceb6','borrow:ruleset:Default:allow_same_sequence_reenrollment:1:true','set_setting','set ruleset:Default:allow_same_sequence_reenrollment to true','applied','{"setting": "ruleset:Default:allow_same_sequence_reenrollment", "value": true, "takes_effect_at": 1793630117}','2026-11-02 13:45:18.000000','2026-11-02 13:45:21.000000');
INSERT INTO "change" VALUES(4,'20261129-195141-ceb6','borrow:ruleset:Default:block_reenrollment:2:0 DAY','set_setting','set ruleset:Default:block_reenrollment to 0 DAY','applied','{"setting": "ruleset:Default:block_reenrollment", "value": {"value": 0, "unit": "DAY"}, "takes_effect_at": 1793629329}','2026-11-02 13:45:38.000000','2026-11-02 13:45:43.000000');
INSERT INTO "change" VALUES(5,'20261129-195240-a093','upload:1','upload_audience','upload the audience ''Other play (handoff 20261129-195240-a093.1)''','applied','{"audience": "Other play (handoff 20261129-195240-a093.1)", "people": 3}','2026-11-02 15:42:25.000000','2026-11-02 15:42:31.000000');
INSERT INTO "change" VALUES(6,'20261129-195240-a093','duplicate_play:1','duplicate_play','duplicate the play ''Other play'' as ''Other play (handoff 20261129-195240-a093.1)''','applied','{"play": "Other play (handoff 20261129-195240-a093.1)"}','2026-11-02 15:42:33.000000','2026-11-02 15:42:36.000000');
INSERT INTO "change" VALUES(7,'20261129-195240-a093','borrow:exclusion:Churned:exclude_from_sequences:3:false','set_setting','set exclusion:Churned:exclude_from_sequences to false','applied','{"setting": "exclusion:Churned:exclude_from_sequences", "value": false, "takes_effect_at": 1793636046}','2026-11-02 15:42:50.000000','2026-11-02 15:42:55.000000');
INSERT INTO "change" VALUES(8,'20261129-195240-a093','borrow:ruleset:Default:exclusion:Churned:4:false','set_setting','set ruleset:Default:exclusion:Churned to false','applied','{"setting": "ruleset:Default:exclusion:Churned", "value": false, "takes_effect_at": 1793635747}','2026-11-02 15:43:06.000000','2026-11-02 15:43:09.000000');
CREATE TABLE decision (
	id INTEGER NOT NULL, 
	operation_id VARCHAR NOT NULL, 
	question VARCHAR NOT NULL, 
	plan_hash VARCHAR NOT NULL, 
	answer VARCHAR NOT NULL, 
	decided_by VARCHAR NOT NULL, 
	decided_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	UNIQUE (operation_id, question, plan_hash)
);
INSERT INTO "decision" VALUES(1,'20261129-195141-ceb6','go on','4854b580fc2db1d4','yes','whoever started the run','2026-11-02 13:44:35.000000');
INSERT INTO "decision" VALUES(2,'20261129-195240-a093','approve matches','75bd0307f98900a6','{"approved": ["d0@x.test", "d1@x.test", "d2@x.test"], "why": {}}','olga','2026-11-02 15:41:54.000000');
CREATE TABLE loan (
	id INTEGER NOT NULL, 
	workspace VARCHAR NOT NULL, 
	setting VARCHAR NOT NULL, 
	was JSON, 
	set_to JSON, 
	state VARCHAR NOT NULL, 
	opened_at DATETIME NOT NULL, 
	deadline DATETIME NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	closed_at DATETIME, reopened INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "loan" VALUES(1,'sandbox','ruleset:Default:allow_same_sequence_reenrollment','false','true','open','2026-11-02 13:45:09.000000','2026-11-03 17:25:09.000000','2026-11-29 19:51:42.265460',NULL,0);
INSERT INTO "loan" VALUES(2,'sandbox','ruleset:Default:block_reenrollment','{"value": 75, "unit": "DAY"}','{"value": 0, "unit": "DAY"}','open','2026-11-02 13:45:28.000000','2026-11-03 17:25:28.000000','2026-11-29 19:51:42.423665',NULL,0);
INSERT INTO "loan" VALUES(3,'sandbox','exclusion:Churned:exclude_from_sequences','true','false','open','2026-11-02 15:42:41.000000','2026-11-05 14:42:41.000000','2026-11-29 19:52:41.029589',NULL,0);
INSERT INTO "loan" VALUES(4,'sandbox','ruleset:Default:exclusion:Churned','true','false','open','2026-11-02 15:43:00.000000','2026-11-05 14:43:00.000000','2026-11-29 19:52:41.189788',NULL,0);
CREATE TABLE "loan_holder" (
	loan_id INTEGER NOT NULL, 
	operation_id VARCHAR NOT NULL, 
	released_at DATETIME, 
	PRIMARY KEY (loan_id, operation_id), 
	FOREIGN KEY(loan_id) REFERENCES loan (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id)
);
INSERT INTO "loan_holder" VALUES(1,'20261129-195141-ceb6',NULL);
INSERT INTO "loan_holder" VALUES(2,'20261129-195141-ceb6',NULL);
INSERT INTO "loan_holder" VALUES(3,'20261129-195240-a093',NULL);
INSERT INTO "loan_holder" VALUES(4,'20261129-195240-a093',NULL);
CREATE TABLE "operation" (
	id VARCHAR NOT NULL, 
	procedure VARCHAR NOT NULL, 
	workspace VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	mode VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	acting_user VARCHAR NOT NULL, 
	flow_run_id VARCHAR, 
	parameters JSON, 
	"plan" JSON, 
	plan_hash VARCHAR, 
	next JSON, 
	failure VARCHAR, 
	attempt INTEGER NOT NULL, 
	folder VARCHAR NOT NULL, 
	started_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	recorded_at DATETIME NOT NULL, 
	told JSON, 
	deployed BOOLEAN DEFAULT 0 NOT NULL, 
	alive_until DATETIME, 
	woken INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "operation" VALUES('20261129-195045-7f7b','ownership-change','sandbox','ana@send.acme.test','dry_run','planned','ana@acme.test','b1584883-8e92-4039-a253-33912c857039','{"mailbox": "ana@send.acme.test", "restart": false, "waiting_days": 0, "reenrollment_wait_min": 30, "reenrollment_wait_max": 90, "probe": true, "workspace": "sandbox", "dry_run": true}','{"purpose": "enroll 0 contacts again", "contacts": 0, "found": "no enrollment from ana@send.acme.test was cancelled", "steps": [], "actions": ["enroll"], "warnings": [], "loans": [], "must_act": [], "candidates": 0, "rejected": 0, "contacts_digest": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "by_hand": [], "groups": [], "duplicate_sequences": [], "send_from": ["ana@send.acme.test"], "changed_at": null, "certain": 0}','3ba8330b36268ba2','[]',NULL,1,'HOME/operations/20261129-195045-7f7b','2026-11-02 11:52:01.000000','2026-11-02 11:52:50.000000','2026-11-29 19:50:45.804574','{"lines": [], "found": "no enrollment from ana@send.acme.test was cancelled", "rejected": 0}',0,'2026-11-29 19:53:45.811271',0);
INSERT INTO "operation" VALUES('20261129-195141-ceb6','ownership-change','sandbox','ana@send.acme.test','live','waiting','ana@acme.test','c9a36729-f0d6-4eda-a9aa-d196ba86f7fc','{"mailbox": "ana@send.acme.test", "restart": false, "waiting_days": 0, "reenrollment_wait_min": 1200, "reenrollment_wait_max": 1300, "probe": true, "workspace": "sandbox", "dry_run": false}','{"purpose": "enroll 6 contacts again", "contacts": 6, "found": "ana@send.acme.test changed its owner about 2026-11-02 12:57Z (told from the enrollments that ended together; 6 enrollments were cancelled then). A snapshot from before the change tells who was running.", "steps": ["upload 6 contacts as the audience ''Play (handoff 20261129-195141-ceb6.1)'', duplicate the play ''Play'' onto it under the same name, and run the copy into ''Outbound''"], "actions": ["upload_audience", "duplicate_play", "run_play", "enroll"], "warnings": [], "loans": [{"setting": "ruleset:Default:allow_same_sequence_reenrollment", "was": false, "set_to": true, "contacts": 6}, {"setting": "ruleset:Default:block_reenrollment", "was": {"value": 75, "unit": "DAY"}, "set_to": {"value": 0, "unit": "DAY"}, "contacts": 6}], "must_act": ["ruleset:Default:allow_same_sequence_reenrollment", "ruleset:Default:block_reenrollment"], "candidates": 0, "rejected": 0, "contacts_digest": "aed43e87d11c02c06211fba675121be1288a7478aefffe38c3b2b0d73452755f", "by_hand": [], "groups": [{"target": "Outbound", "play": "Play", "contacts": 6, "name": "Play (handoff 20261129-195141-ceb6.1)"}], "duplicate_sequences": [], "send_from": ["ana@send.acme.test"], "changed_at": "2026-11-02T12:57:13Z", "certain": 6}','4854b580fc2db1d4','[]',NULL,1,'HOME/operations/20261129-195141-ceb6','2026-11-02 13:43:39.000000',NULL,'2026-11-29 19:51:41.512202','{"lines": ["borrow ruleset:Default:allow_same_sequence_reenrollment: false \u2192 true (needed by 6 contacts)", "borrow ruleset:Default:block_reenrollment: 75 DAY \u2192 0 DAY (needed by 6 contacts)", "wait until a probe proves that the settings act", "upload 6 contacts as the audience ''Play (handoff 20261129-195141-ceb6.1)'', duplicate the play ''Play'' onto it under the same name, and run the copy into ''Outbound''", "give back ruleset:Default:allow_same_sequence_reenrollment: false", "give back ruleset:Default:block_reenrollment: 75 DAY"], "found": "ana@send.acme.test changed its owner about 2026-11-02 12:57Z (told from the enrollments that ended together; 6 enrollments were cancelled then). A snapshot from before the change tells who was running.", "rejected": 0}',1,'2026-11-29 20:04:42.437419',0);
INSERT INTO "operation" VALUES('20261129-195208-7664','exclusion-rerun','sandbox','Customers in Outbound','live','waiting','ana@acme.test','48ea2ce4-6ca8-4798-aa37-1f1ddd36d991','{"exclusion": "Customers", "play": "Play", "hold_until": "enrolled", "max_hold_days": 90, "shield_others": false, "exclusion_wait_min": 15, "exclusion_wait_max": 60, "probe": true, "workspace": "sandbox", "dry_run": false}','{"purpose": "enroll 4 contacts although ''Customers'' matches them", "contacts": 4, "found": "the 13 people of ''Everybody'', the audience of the play ''Play''", "steps": ["upload 4 contacts as the audience ''Play (handoff 20261129-195208-7664.1)'', duplicate the play ''Play'' onto it under the same name, and run the copy into ''Outbound''"], "actions": ["upload_audience", "duplicate_play", "run_play", "enroll"], "warnings": ["every sequence under the toggles that are turned off is open to whom ''Customers'' matches", "the exclusion comes back as soon as they are enrolled: whoever still runs when it acts again is removed (R62); hold_until=sequence_completed keeps them"], "loans": [{"setting": "exclusion:Customers:exclude_from_sequences", "was": true, "set_to": false, "contacts": 4}, {"setting": "ruleset:Default:exclusion:Customers", "was": true, "set_to": false, "contacts": 4}], "must_act": ["exclusion:Customers:exclude_from_sequences", "ruleset:Default:exclusion:Customers"], "candidates": 0, "rejected": 0, "contacts_digest": "1bdc98a9d4c323997c0dfdab27e20cc0e291dbb639b2ee8e8d347a90da293df7", "by_hand": [], "groups": [{"target": "Outbound", "play": "Play", "contacts": 4, "name": "Play (handoff 20261129-195208-7664.1)"}], "duplicate_sequences": [], "send_from": ["ana@send.acme.test"], "exclusion": "Customers", "sequence": "Outbound", "hold_until": "enrolled", "shortest_hold": "2026-11-13T09:00:00Z", "hold": "12 emails, 1 send day: until 2026-11-13 09:00Z at the earliest (bound by the steps'' waits)", "max_hold_days": 90, "too_long": false, "others": [], "shields": [], "shielded_plays": [], "reach_known": true, "matches_digest": "7cfc8f41f25ec291", "judged": ""}','999599cca64ed3ff','[]',NULL,1,'HOME/operations/20261129-195208-7664','2026-11-02 14:37:06.000000',NULL,'2026-11-29 19:52:08.241326','{"lines": ["mind: every sequence under the toggles that are turned off is open to whom ''Customers'' matches", "mind: the exclusion comes back as soon as they are enrolled: whoever still runs when it acts again is removed (R62); hold_until=sequence_completed keeps them", "borrow exclusion:Customers:exclude_from_sequences: true \u2192 false (needed by 4 contacts)", "borrow ruleset:Default:exclusion:Customers: true \u2192 false (needed by 4 contacts)", "wait until a probe proves that the settings act", "upload 4 contacts as the audience ''Play (handoff 20261129-195208-7664.1)'', duplicate the play ''Play'' onto it under the same name, and run the copy into ''Outbound''", "give back exclusion:Customers:exclude_from_sequences: true", "give back ruleset:Default:exclusion:Customers: true"], "found": "the 13 people of ''Everybody'', the audience of the play ''Play''", "rejected": 0}',1,'2026-12-06 19:55:08.827171',0);
INSERT INTO "operation" VALUES('20261129-195240-a093','exclusion-rerun','sandbox','Churned in Nurture','live','waiting','ana@acme.test','fb450fb3-7b25-4fdd-8a71-5a8642833e58','{"exclusion": "Churned", "play": "Other play", "hold_until": "enrolled", "max_hold_days": 90, "approve": "all", "shield_others": false, "exclusion_wait_min": 1200, "exclusion_wait_max": 1300, "probe": true, "workspace": "sandbox", "dry_run": false}','{"purpose": "enroll 3 contacts although ''Churned'' matches them", "contacts": 3, "found": "the 13 people of ''Everybody'', the audience of the play ''Other play''", "steps": ["upload 3 contacts as the audience ''Other play (handoff 20261129-195240-a093.1)'', duplicate the play ''Other play'' onto it under the same name, and run the copy into ''Nurture''"], "actions": ["upload_audience", "duplicate_play", "run_play", "enroll"], "warnings": ["every sequence under the toggles that are turned off is open to whom ''Churned'' matches", "the exclusion comes back as soon as they are enrolled: whoever still runs when it acts again is removed (R62); hold_until=sequence_completed keeps them"], "loans": [{"setting": "exclusion:Churned:exclude_from_sequences", "was": true, "set_to": false, "contacts": 3}, {"setting": "ruleset:Default:exclusion:Churned", "was": true, "set_to": false, "contacts": 3}], "must_act": ["exclusion:Churned:exclude_from_sequences", "ruleset:Default:exclusion:Churned"], "candidates": 0, "rejected": 0, "contacts_digest": "4dfbff68ac4fd455cb2a72f9e74cfe0f40c83890af8dbc6519e64d0c21eec7bc", "by_hand": [], "groups": [{"target": "Nurture", "play": "Other play", "contacts": 3, "name": "Other play (handoff 20261129-195240-a093.1)"}], "duplicate_sequences": [], "send_from": ["ana@send.acme.test"], "exclusion": "Churned", "sequence": "Nurture", "hold_until": "enrolled", "shortest_hold": "2026-11-13T09:00:00Z", "hold": "9 emails, 1 send day: until 2026-11-13 09:00Z at the earliest (bound by the steps'' waits)", "max_hold_days": 90, "too_long": false, "others": [], "shields": [], "shielded_plays": [], "reach_known": true, "matches_digest": "02d0baf9b98d8412", "judged": "75bd0307f98900a6"}','75bd0307f98900a6','[]',NULL,1,'HOME/operations/20261129-195240-a093','2026-11-02 15:40:58.000000',NULL,'2026-11-29 19:52:40.174119','{"lines": ["mind: every sequence under the toggles that are turned off is open to whom ''Churned'' matches", "mind: the exclusion comes back as soon as they are enrolled: whoever still runs when it acts again is removed (R62); hold_until=sequence_completed keeps them", "borrow exclusion:Churned:exclude_from_sequences: true \u2192 false (needed by 3 contacts)", "borrow ruleset:Default:exclusion:Churned: true \u2192 false (needed by 3 contacts)", "wait until a probe proves that the settings act", "upload 3 contacts as the audience ''Other play (handoff 20261129-195240-a093.1)'', duplicate the play ''Other play'' onto it under the same name, and run the copy into ''Nurture''", "give back exclusion:Churned:exclude_from_sequences: true", "give back ruleset:Default:exclusion:Churned: true"], "found": "the 13 people of ''Everybody'', the audience of the play ''Other play''", "rejected": 0}',1,'2026-11-29 20:05:41.204793',0);
CREATE TABLE "outcome" (
	id INTEGER NOT NULL, 
	operation_id VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	sequence VARCHAR, 
	mailbox VARCHAR, 
	play VARCHAR, 
	forecast VARCHAR NOT NULL, 
	forecast_reasons VARCHAR NOT NULL, 
	outcome VARCHAR, 
	reasons VARCHAR NOT NULL, 
	step INTEGER, 
	detail VARCHAR NOT NULL, 
	item VARCHAR DEFAULT '' NOT NULL, unknown VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT outcome_of_a_contact UNIQUE (operation_id, email, item), 
	FOREIGN KEY(operation_id) REFERENCES operation (id)
);
INSERT INTO "outcome" VALUES(1,'20261129-195141-ceb6','p0@x.test','Outbound','ana@send.acme.test','Play','enrolled','already_sequenced;recently_enrolled',NULL,'',2,'cancelled 0 min from the change, after step 1; running before it','','');
INSERT INTO "outcome" VALUES(2,'20261129-195141-ceb6','p1@x.test','Outbound','ana@send.acme.test','Play','enrolled','already_sequenced;recently_enrolled',NULL,'',2,'cancelled 0 min from the change, after step 1; running before it','','');
INSERT INTO "outcome" VALUES(3,'20261129-195141-ceb6','p2@x.test','Outbound','ana@send.acme.test','Play','enrolled','already_sequenced;recently_enrolled',NULL,'',2,'cancelled 0 min from the change, after step 1; running before it','','');
INSERT INTO "outcome" VALUES(4,'20261129-195141-ceb6','p3@x.test','Outbound','ana@send.acme.test','Play','enrolled','already_sequenced;recently_enrolled',NULL,'',2,'cancelled 0 min from the change, after step 1; running before it','','');
INSERT INTO "outcome" VALUES(5,'20261129-195141-ceb6','p4@x.test','Outbound','ana@send.acme.test','Play','enrolled','already_sequenced;recently_enrolled',NULL,'',2,'cancelled 0 min from the change, after step 1; running before it','','');
INSERT INTO "outcome" VALUES(6,'20261129-195141-ceb6','p5@x.test','Outbound','ana@send.acme.test','Play','enrolled','already_sequenced;recently_enrolled',NULL,'',2,'cancelled 0 min from the change, after step 1; running before it','','');
INSERT INTO "outcome" VALUES(7,'20261129-195208-7664','c0@big.test','Outbound','ana@send.acme.test','Play','enrolled','excluded:Customers',NULL,'',1,'the company''s domain is bigcorp.test','','');
INSERT INTO "outcome" VALUES(8,'20261129-195208-7664','c1@big.test','Outbound','ana@send.acme.test','Play','enrolled','excluded:Customers',NULL,'',1,'the company''s domain is bigcorp.test','','');
INSERT INTO "outcome" VALUES(9,'20261129-195208-7664','c2@big.test','Outbound','ana@send.acme.test','Play','enrolled','excluded:Customers',NULL,'',1,'the company''s domain is bigcorp.test','','');
INSERT INTO "outcome" VALUES(10,'20261129-195208-7664','c3@big.test','Outbound','ana@send.acme.test','Play','enrolled','excluded:Customers',NULL,'',1,'the company''s domain is bigcorp.test','','');
INSERT INTO "outcome" VALUES(11,'20261129-195240-a093','d0@x.test','Nurture','ana@send.acme.test','Other play','enrolled','excluded:Churned',NULL,'',1,'the address is named in the exclusion','','');
INSERT INTO "outcome" VALUES(12,'20261129-195240-a093','d1@x.test','Nurture','ana@send.acme.test','Other play','enrolled','excluded:Churned',NULL,'',1,'the address is named in the exclusion','','');
INSERT INTO "outcome" VALUES(13,'20261129-195240-a093','d2@x.test','Nurture','ana@send.acme.test','Other play','enrolled','excluded:Churned',NULL,'',1,'the address is named in the exclusion','','');
CREATE TABLE owner_snapshot (
	id INTEGER NOT NULL, 
	workspace VARCHAR NOT NULL, 
	mailbox VARCHAR NOT NULL, 
	owner VARCHAR, 
	running INTEGER NOT NULL, 
	taken_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "owner_snapshot" VALUES(1,'sandbox','ana@send.acme.test','ana@acme.test',6,'2026-11-02 11:52:40.000000');
INSERT INTO "owner_snapshot" VALUES(3,'sandbox','ana@send.acme.test','bo@acme.test',0,'2026-11-02 13:44:27.000000');
INSERT INTO "owner_snapshot" VALUES(4,'sandbox','bo@send.acme.test','bo@acme.test',0,'2026-11-02 13:44:27.000000');
CREATE TABLE question (
	id INTEGER NOT NULL, 
	operation_id VARCHAR NOT NULL, 
	question VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	told VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	problem VARCHAR NOT NULL, 
	asked_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, sections JSON, 
	PRIMARY KEY (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	UNIQUE (operation_id, question, "key")
);
INSERT INTO "question" VALUES(1,'20261129-195208-7664','approve matches','approve-matches-999599cca64ed3ff-1-0','Workspace sandbox: enroll 4 contacts although ''Customers'' matches them, borrow 2 settings?','open','','2026-11-29 19:52:08.827171','2026-12-06 19:52:08.827171','[["What will be done", ["mind: every sequence under the toggles that are turned off is open to whom ''Customers'' matches", "mind: the exclusion comes back as soon as they are enrolled: whoever still runs when it acts again is removed (R62); hold_until=sequence_completed keeps them", "borrow exclusion:Customers:exclude_from_sequences: true \u2192 false (needed by 4 contacts)", "borrow ruleset:Default:exclusion:Customers: true \u2192 false (needed by 4 contacts)", "wait until a probe proves that the settings act", "upload 4 contacts as the audience ''Play (handoff 20261129-195208-7664.1)'', duplicate the play ''Play'' onto it under the same name, and run the copy into ''Outbound''", "give back exclusion:Customers:exclude_from_sequences: true", "give back ruleset:Default:exclusion:Customers: true"]], ["How they were found", ["the 13 people of ''Everybody'', the audience of the play ''Play''"]], ["What cannot be undone", ["An email that was sent cannot be taken back."]], ["Who else becomes reachable meanwhile", ["Nobody."]], ["How long the exclusion stays off", ["until they are enrolled", "The budget is 90 days."]]]');
CREATE TABLE snapshot_enrollment (
	id INTEGER NOT NULL, 
	snapshot_id INTEGER NOT NULL, 
	email VARCHAR NOT NULL, 
	sequence VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(snapshot_id) REFERENCES owner_snapshot (id)
);
INSERT INTO "snapshot_enrollment" VALUES(1,1,'p0@x.test','Outbound');
INSERT INTO "snapshot_enrollment" VALUES(2,1,'p1@x.test','Outbound');
INSERT INTO "snapshot_enrollment" VALUES(3,1,'p2@x.test','Outbound');
INSERT INTO "snapshot_enrollment" VALUES(4,1,'p3@x.test','Outbound');
INSERT INTO "snapshot_enrollment" VALUES(5,1,'p4@x.test','Outbound');
INSERT INTO "snapshot_enrollment" VALUES(6,1,'p5@x.test','Outbound');
CREATE TABLE wait (
	id INTEGER NOT NULL, 
	operation_id VARCHAR NOT NULL, 
	waits_for VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	wakes_at DATETIME NOT NULL, 
	latest DATETIME NOT NULL, 
	probes INTEGER NOT NULL, 
	ended VARCHAR, 
	proved_by VARCHAR, 
	ended_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(operation_id) REFERENCES operation (id), 
	UNIQUE (operation_id, waits_for)
);
INSERT INTO "wait" VALUES(1,'20261129-195141-ceb6','re-enrollment settings','2026-11-02 13:45:28.000000','2026-11-03 09:45:28.000000','2026-11-03 11:25:28.000000',0,NULL,NULL,NULL);
INSERT INTO "wait" VALUES(2,'20261129-195240-a093','exclusion settings','2026-11-02 15:43:00.000000','2026-11-03 11:43:00.000000','2026-11-03 13:23:00.000000',0,NULL,NULL,NULL);
CREATE UNIQUE INDEX one_open_loan ON loan (workspace, setting) WHERE state IN ('open', 'returning');
CREATE INDEX snapshot_enrollment_of ON snapshot_enrollment (snapshot_id, email);
CREATE UNIQUE INDEX one_live_operation ON operation (workspace, procedure, subject) WHERE mode = 'live' AND ended_at IS NULL;
CREATE INDEX ix_operation_flow_run_id ON operation (flow_run_id);
COMMIT;