# What the server says of accounts, conversations of two and moderation, in the text dialect.

logged-in = You are logged in as { $nome }.
registered = The account { $nome } is yours. Next time: /login { $nome } <password>
logged-out = You have left the account; now you are { $nome }.
password-changed = Password changed. The account's other sessions have ended.
account-deleted = Account deleted. Its name stays reserved for ever.
logins = Sessions of your account ({ $total }):
login-line = { $id }: { $nome }, used { $quando } ago
login-this = (this one)
token = The bot { $nome } was made. Its token, shown only now: { $token }
tokens = Your bots ({ $total }):
ended = { $nome } has ended.
name-reclaimed = The name that you used belongs to an account, and its owner has logged in. You are { $nome } now. Change it with /nick <name>.
login-ended = Your session was ended. Log in again with /login <name> <password>.
direct = Conversation with { $nome }: use /msg { $nome } <message>, and /history @{ $nome } to read what was said.
kept-for = { $nome } is not here; the message was kept and will be shown on their return.
unread =
    { $total ->
        [one] 1 message from { $nome } came while you were away. The newest:
       *[other] { $total } messages from { $nome } came while you were away. The newest:
    }
history-with = Last messages with { $nome } ({ $total }):
history-with-more = Messages with { $nome }, continued:
history-with-empty = Nothing has been said with { $nome } yet.
ignored = You are not shown messages of ({ $total }):
ignored-nobody = You are shown everybody's messages.
done = Done.
done-for = Done: { $nome }.
invited = { $nome } invites you to #{ $sala }. Enter with /join #{ $sala }
removed = { $nome } took you out of #{ $sala }.
removed-why = { $nome } took you out of #{ $sala }: { $causa }
banned-you = { $nome } banned you from #{ $sala }.
banned-you-why = { $nome } banned you from #{ $sala }: { $causa }
closed-you = { $nome } closed #{ $sala }.
redacted =
    { $total ->
        [0] There was no message to delete.
        [one] 1 message deleted.
       *[other] { $total } messages deleted.
    }
redaction =
    { $total ->
        [one] { $nome } deleted a message.
       *[other] { $nome } deleted { $total } messages.
    }
reported = { $nome } reports in #{ $sala }: { $causa }
announcement = To everybody: { $texto }
topic = { $nome } changed the topic: { $assunto }
topic-none = { $nome } removed the topic.
private-on = { $nome } made the room private: only who is invited comes in.
private-off = { $nome } opened the room to everybody.
readonly-on = { $nome } made the room read-only: only moderators write.
readonly-off = { $nome } lets everybody write in the room again.
slow-on = { $nome } slowed the room down: a message every { $segundos } s.
slow-off = { $nome } removed the wait between messages.
role-owner = { $nome } left the room to { $quem }.
role-moderator = { $nome } made { $quem } a moderator.
role-other = { $nome } took moderation from { $quem }.
muted = { $nome } muted { $quem } for { $tempo }.
unmuted = { $nome } lets { $quem } speak again.
someone-removed = { $nome } took { $quem } out of the room.
someone-banned = { $nome } banned { $quem } from the room.
room-topic = Topic: { $assunto }
audit = What moderation did in #{ $sala } ({ $total }):
accounts = Accounts ({ $total }):
account-admin = administrator
account-bot = bot
account-disabled = disabled
account-deleted-mark = deleted
invitation = Invitation: { $token }
seconds = { $n } s
minutes = { $n } min
hours = { $n } h
days = { $n } d

login-first = This server is only for people with an account. Log in with /login <name> <password> or make one with /register <password>.
not-logged-in = You are not logged in. Use /login <name> <password>.
already-logged-in = You are in an account already. Leave it with /logout.
wrong-password = Wrong name or password.
login-too-fast =
    { $segundos ->
        [one] Too many wrong passwords. Try again in 1 second.
       *[other] Too many wrong passwords. Try again in { $segundos } seconds.
    }
password-length = A password needs { $minimo } to { $maximo } characters.
unencrypted = This connection is not encrypted, and the password could be read on its way. Connect with TLS (papo chat --tls) or from the server's own machine.
registration-closed = This server takes no new accounts.
invitation-needed = An invitation that is still good is needed to make an account here.
name-of-account = An account's name stays as it is. To use another, leave it with /logout.
nobody = There is nobody called { $nome }.
nobody-to-answer = Nobody has written to you yet. Use /msg <name> <message>.
oneself = That is not done to oneself.
guest-away = { $nome } is not here and has no account; the message was not sent.
role-needed-member = Only people with an account may do that: /register <password>
role-needed-moderator = Only the room's moderators may do that.
role-needed-owner = Only who made the room may do that.
role-needed-admin = Only the server's administrators may do that.
role-of = { $nome } has a role in the room as high as yours, or higher.
read-only = This room is read-only.
banned = You are banned from this room for { $tempo }.
banned-for-ever = You are banned from this room.
you-are-muted = You may say nothing in this room for { $tempo } more.
slow = This room is slow: wait { $tempo }.
too-fast = This was done too often from your address. Try again in { $tempo }.
lockdown = The server is locked down: only accounts older than a day may write.
wrong-room = That is not done in this room.
no-message = That message does not exist, is deleted already or is not yours.
too-many = There are { $maximo } already; no further one fits.
room-taken = There is a public room called #{ $sala } already.
not-in-room = { $nome } is not in this room. To keep them out, use /ban { $nome }.
not-for-bots = A bot may not do that.
unknown-token = There is no session or bot of that name or number.
admin-only = That is only done on the server's machine, with papo admin.

usage-register = The password is missing. Usage: /register <password> [invitation]
usage-login = Usage: /login <name> <password>
usage-password = Usage: /password <present one> <new one>
usage-delete-account = To delete the account, confirm with its password: /delete-account <password>
usage-sessions = Usage: /sessions, or /sessions end <number>
usage-token = Usage: /token new <name> [rooms], /token list or /token revoke <name>
usage-msg = Usage: /msg <name> <message>
usage-answer = The message is missing. Usage: /r <message>
usage-unignore = The name is missing. Usage: /unignore <name>
usage-topic = The topic is missing. Usage: /topic <topic>, or /topic - to remove it
usage-invite = The name is missing. Usage: /invite <name>
usage-kick = The name is missing. Usage: /kick <name> [reason]
usage-ban = The name is missing. Usage: /ban <name> [time, like 30m, 2h or 7d] [reason]
usage-unban = The name is missing. Usage: /unban <name>
usage-mute = Usage: /mute <name> <time, like 10m or 2h>
usage-unmute = The name is missing. Usage: /unmute <name>
usage-slow = Usage: /slow <seconds>; 0 removes the wait
usage-op = The name is missing. Usage: /op <name>
usage-deop = The name is missing. Usage: /deop <name>
usage-redact = Usage: /redact deletes your last message; /redact <name> somebody's last; /redact <name> <time> all since then; /redact #<number> a single one
usage-report = The report is missing. Usage: /report <what happened>
usage-on-off = Usage: on or off
