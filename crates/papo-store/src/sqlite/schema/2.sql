-- Somebody, in every table: the number of an account, or for a guest that of the session, negative.

-- Names may be shared now: those of private rooms do not count among the public ones, and those of
-- conversations of two do not count at all. Who keeps names apart reads all rooms at the start.
-- kind: 0 is public, 1 private, 2 a conversation between one and other.
CREATE TABLE room_2 (
    id           INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL,
    epoch        INTEGER NOT NULL,
    made_ms      INTEGER NOT NULL,
    kind         INTEGER NOT NULL DEFAULT 0,
    owner        INTEGER,
    read_only    INTEGER NOT NULL DEFAULT 0,
    slow_seconds INTEGER NOT NULL DEFAULT 0,
    topic        TEXT    NOT NULL DEFAULT '',
    one          INTEGER,
    other        INTEGER
);
INSERT INTO room_2 (id, name, epoch, made_ms) SELECT id, name, epoch, made_ms FROM room;
DROP TABLE room;
ALTER TABLE room_2 RENAME TO room;

-- Who posted it. NULL where that was not kept: a guest in its session.
-- kind 1 says that messages were taken back; extra has their seqs, in JSON.
ALTER TABLE event ADD COLUMN person INTEGER;
DROP VIEW log;
CREATE VIEW log AS
    SELECT id >> 36 AS room, id & 68719476735 AS seq, at_ms, session, txn, author, kind, body, extra,
           coalesce(person, -session) AS person
    FROM event;

ALTER TABLE session ADD COLUMN login INTEGER;

-- The row of a deleted account stays, so that its name stays taken.
-- standing: 0 is active, 1 disabled, 2 deleted. The lists are in JSON.
CREATE TABLE account (
    id        INTEGER PRIMARY KEY,
    name      TEXT    NOT NULL,
    password  TEXT,
    is_admin  INTEGER NOT NULL,
    standing  INTEGER NOT NULL,
    made_ms   INTEGER NOT NULL,
    ignores   TEXT    NOT NULL,
    bot_owner INTEGER,
    bot_rooms TEXT
);

-- What never ends has the highest number in ends_ms or until_ms.
CREATE TABLE login (
    id        INTEGER PRIMARY KEY,
    token     BLOB    NOT NULL,
    account   INTEGER NOT NULL,
    label     TEXT    NOT NULL,
    made_ms   INTEGER NOT NULL,
    seen_ms   INTEGER NOT NULL,
    ends_ms   INTEGER NOT NULL,
    is_cookie INTEGER NOT NULL
);
CREATE INDEX login_ends ON login (ends_ms);

-- role: 0 is a guest, 1 a member, 2 a moderator, 3 an owner, 4 an administrator. Room 0 is the server.
CREATE TABLE role (
    room   INTEGER NOT NULL,
    person INTEGER NOT NULL,
    role   INTEGER NOT NULL,
    PRIMARY KEY (room, person)
) WITHOUT ROWID;
-- A guest's roles end with the session.
CREATE INDEX role_guest ON role (person) WHERE person <= 0;

-- whom is the number of an account, or an address as text. what: 0 is a ban, 1 a mute.
CREATE TABLE restriction (
    room     INTEGER NOT NULL,
    whom     BLOB    NOT NULL,
    what     INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (room, whom, what)
) WITHOUT ROWID;
CREATE INDEX restriction_until ON restriction (until_ms);

CREATE TABLE invite (
    token     BLOB    PRIMARY KEY,
    uses      INTEGER NOT NULL,
    ends_ms   INTEGER NOT NULL,
    for_admin INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX invite_ends ON invite (ends_ms);

CREATE TABLE read_marker (
    room    INTEGER NOT NULL,
    account INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (room, account)
) WITHOUT ROWID;

-- The newest so many; a room of NULL is the whole server.
CREATE TABLE audit (
    id     INTEGER PRIMARY KEY,
    at_ms  INTEGER NOT NULL,
    room   INTEGER,
    actor  TEXT    NOT NULL,
    act    TEXT    NOT NULL,
    target TEXT    NOT NULL,
    note   TEXT    NOT NULL
);
CREATE INDEX audit_room ON audit (room) WHERE room IS NOT NULL;

-- newest_account, newest_login: the highest number that one ever had.
-- lockdown: 1 while only accounts older than a day may post.
-- residue: until it was looked through for copies of rows in unused parts of pages.
INSERT INTO meta (name, value)
VALUES ('newest_account', 0), ('newest_login', 0), ('lockdown', 0), ('residue', 1);
