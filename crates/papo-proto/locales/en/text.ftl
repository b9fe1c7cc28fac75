# What the server says in the text dialect. Each message is one frame; the code adds its tag, [SYS] or [ERRO].

welcome =
    Welcome to Papo! Type /help to see the commands.
    Choose your name with /nick <name>.
named = Your name is now { $nome }.
named-guest = You had no name yet; for now it is { $nome }. Change it with /nick <name>.
entered = You entered #{ $sala }.
created = Room #{ $sala } created. Enter it with /join #{ $sala }.
exists = The room #{ $sala } exists already. Enter it with /join #{ $sala }.
left = You left #{ $sala }.
rooms = Rooms ({ $total }):
members = In #{ $sala } ({ $total }):
help =
    Commands:
    /nick <name> - chooses or changes your name
    /join <room> - enters a room (made if it does not exist)
    /create <room> - makes a room without entering it
    /rooms - lists the rooms and how many people are in each
    /who - lists who is in the current room
    /history [n] - shows the last n messages of the room (20 without n)
    /leave - leaves the current room without disconnecting
    /lang pt-BR|en - changes the language of notices
    /register <password> - makes an account of the name that you have
    /login <name> <password>, /logout - enters the account, leaves it
    /password <old> <new>, /sessions, /delete-account <password> - looks after the account
    /token new|list|revoke - bots, which speak for programs
    /msg <name> <message>, /r <message> - writes to one person; answers the last one
    /ignore [name], /unignore <name> - not to see somebody's messages
    /topic, /invite, /kick, /ban, /unban, /mute, /unmute, /slow - moderation of the room
    /op, /deop, /private on|off, /readonly on|off, /close - for who made the room
    /redact, /report, /audit - deletes messages, tells moderators, shows what they did
    /help - shows this help (also /h and /?)
    /quit - ends the connection
    Any other line is a message to the current room.
language = Notices in English.
goodbye = See you!
slowed-down = You are sending too fast; your messages will be read little by little. Nothing is lost.
left-out =
    { $total ->
        [one] 1 message was left out because your connection was behind.
       *[other] { $total } messages were left out because your connection was behind.
    }
frame-too-big = Frame too big (the limit is 8 MiB) or unknown protocol; closing the connection.
draining = The server is shutting down and will be back soon. See you!
history = Last messages of #{ $sala } ({ $total }):
history-more = Messages of #{ $sala }, continued:
history-empty = Nothing has been said in #{ $sala } yet.
fenced = Your session goes on by another connection; this one ends.
pong = The server is there.
refused-address = Too many connections from your address. Close one and try again.
refused-full = The server is full. Try again in a moment.
cut = (The name was too long and has been cut.)

someone-entered = { $nome } entered #{ $sala }.
many-entered = { $nome } and { $outros } more entered #{ $sala }.
someone-left = { $nome } left #{ $sala }.
many-left = { $nome } and { $outros } more left #{ $sala }.
someone-lost = { $nome } lost the connection.
many-lost = { $nome } and { $outros } more lost the connection.
renamed = { $antes } is now { $nome }.

nickname-taken = The name { $nome } is in use, or too much like one that is. Choose another with /nick <name>.
name-empty = A name needs at least one letter or digit.
name-space = A name cannot have spaces. Use letters, digits, _, - and dots.
name-character = A name cannot have “{ $sinal }”. Use letters, digits, _, - and dots.
name-unsafe = That name mixes signs that cannot be compared safely. Choose another.
name-reserved = That name is reserved. Choose another with /nick <name>.
unknown-command = I do not know { $comando }. Type /help to see the commands.
usage-nick = The name is missing. Usage: /nick <name>
usage-create = The room is missing. Usage: /create <room>
usage-join = The room is missing. Usage: /join <room>
usage-lang = The language is missing. Usage: /lang pt-BR|en
unknown-language = I do not speak “{ $idioma }”. Usage: /lang pt-BR|en
no-room = You are in no room. Enter one with /join <room>.
message-too-long = Message too long (the limit is { $kib } KiB); it was not sent.
too-many-rooms = There are too many rooms on the server. Enter one that exists: /rooms
tls-required = This server speaks TLS only. Use papo chat --tls, or https:// in a browser.
rooms-too-fast =
    { $minutos ->
        [one] Your address has made too many rooms. Try again in 1 minute.
       *[other] Your address has made too many rooms. Try again in { $minutos } minutes.
    }
internal = Internal error ({ $id }). The message was not sent; try again.
malformed = The frame is no command of papo/1: { $causa }
hello-first = hello comes before any other command.
hello-twice = This connection has said hello already.
version = That version is not spoken here; version { $versao } is.
txn = The txn must be a number between 1 and 2^53 − 1.
unknown-session = That session does not exist or has ended. Say hello without it.
too-many-joined = You are in { $total } rooms already. Leave one before you enter another.
unknown-room = There is no such room.
not-a-member = You are not in that room.
empty-message = The message is empty.
number = The number must be between 1 and { $maximo }.
busy = One moment: something of your session is still being done. Try again.
store-full = The server's disk is full; the message was not kept. Try again later.
