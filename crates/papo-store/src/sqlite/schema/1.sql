-- A room. Its key is the form of the name by which rooms are compared.
CREATE TABLE room (
    id      INTEGER PRIMARY KEY,
    key     TEXT    NOT NULL UNIQUE,
    name    TEXT    NOT NULL,
    epoch   INTEGER NOT NULL,
    made_ms INTEGER NOT NULL
);

-- The logs of all rooms, each in the order of seq and all in one tree: a page of a log is a run of
-- neighbours, and both ends of a log are one descent. The id is room * 2^36 + seq.
-- kind 0 is a message; extra is for what other kinds need. A body that is NULL was taken back: the
-- event stays, so that no seq is missing.
CREATE TABLE event (
    id      INTEGER PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    session INTEGER NOT NULL,
    txn     INTEGER,
    author  TEXT    NOT NULL,
    kind    INTEGER NOT NULL DEFAULT 0,
    body    TEXT,
    extra   TEXT
);

-- The same for people.
CREATE VIEW log AS
    SELECT id >> 36 AS room, id & 68719476735 AS seq, at_ms, session, txn, author, kind, body, extra FROM event;

-- A command that is sent again is found again. Dialects without numbers pay nothing for it.
CREATE UNIQUE INDEX event_txn ON event (session, txn) WHERE txn IS NOT NULL;

CREATE TABLE session (
    id      INTEGER PRIMARY KEY,
    token   BLOB    NOT NULL UNIQUE,
    nick    TEXT    NOT NULL,
    ends_ms INTEGER NOT NULL
);

-- Those that have ended are found without reading the others.
CREATE INDEX session_ends ON session (ends_ms);

-- generation: how often the store was opened for serving.
-- newest_room: the highest number that a room ever had.
-- backup: only in a copy; whoever opens it gives every room another epoch.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO meta (name, value) VALUES ('generation', 0), ('newest_room', 0);
