# Handoff for servers: one image, from which compose.yaml runs Prefect's server, `handoff up` and more workers.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml requirements.lock README.md LICENSE prefect.yaml ./
COPY cli ./cli
COPY flows ./flows
COPY tasks ./tasks
COPY platforms ./platforms
COPY journal ./journal
COPY reports ./reports
COPY inputs ./inputs
COPY models ./models
# The driver to PostgreSQL is in the lock, and no dependency of the package: the journal may be SQLite.
RUN python -m venv /opt/handoff \
    && /opt/handoff/bin/pip install --no-cache-dir --constraint requirements.lock . "psycopg[binary]"

FROM python:3.11-slim-bookworm
# A number, so that whoever runs it can see that it is not root; the home belongs to it.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/handoff --shell /usr/sbin/nologin handoff \
    && install --directory --owner=handoff --group=handoff --mode=0700 /var/lib/handoff
COPY --from=build /opt/handoff /opt/handoff
# Nothing is written but in the home and in /tmp: the rest may be read-only. Prefect would write its pages beside its code.
ENV PATH=/opt/handoff/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DO_NOT_TRACK=1 \
    HOME=/var/lib/handoff \
    HANDOFF_HOME=/var/lib/handoff \
    PREFECT_HOME=/var/lib/handoff/prefect \
    PREFECT_SERVER_UI_STATIC_DIRECTORY=/tmp/pages \
    PREFECT_SERVER_ANALYTICS_ENABLED=false
WORKDIR /var/lib/handoff
VOLUME /var/lib/handoff
USER 10001:10001
CMD ["handoff", "up"]
