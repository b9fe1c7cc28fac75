# The command line of papo.

usage = Usage:
commands = Commands
options = Options
default = default
help-help = Shows this help
help-version = Shows the version

shape-papo = papo <command> [options]
shape-serve = papo serve [options]
shape-store = papo store <command> [options]
shape-check = papo store check [options]
shape-backup = papo store backup <FILE> [options]
shape-chat = papo chat [options]
shape-bridge = papo bridge [options]
shape-bench = papo bench <command> [options]
shape-fanout = papo bench fanout --addr <HOST:PORT> [options]
shape-floor = papo bench floor [options]

about-papo = Papo: a chat with rooms, in one program.
about-serve = Starts the server: TCP, WebSocket and the page, in one process.
about-store = Looks after the data folder, also while a server serves from it.
about-check = Checks that everything in the data folder is whole.
about-backup = Copies the data folder into one file.
about-chat = Opens the terminal client.
about-bridge = Joins each WebSocket to a TCP connection of a chat server.
about-bench = Measures a server.
about-fanout = Measures the delivery of messages to many connections.
about-floor = The bare loop of send() to compare with.

serve-host = Address of the TCP port
serve-port = TCP port; 0 lets the system choose
serve-web-host = Address of the web port
serve-web-port = Port of the page and of WebSocket; off turns it off
serve-lan = Listens on all addresses and shows what others type
serve-origin = Another host whose pages may connect (may be repeated)
serve-data = Data folder; without it $STATE_DIRECTORY or the XDG folder
serve-store = Where messages are kept
serve-lang = Language of the output and of new sessions
serve-metrics = Who may read /metrics on the web port
serve-flood = Limits the rate of sending and of making rooms
serve-message-kib = Largest message, in KiB
serve-backlog-mib = Memory for recent messages, in MiB
serve-per-address = Connections from one address (this computer is exempt)
serve-log-level = How much goes to the log
serve-log-format = Format of the log
serve-log-file = File of the log; without it, standard error
serve-log-max-mib = Size at which the log's file is rotated, in MiB
serve-log-backups = How many old log files are kept

store-data = Data folder; without it $STATE_DIRECTORY or the XDG folder
store-lang = Language of the answers
backup-file = The file that the backup becomes; it must not exist

chat-host = Address of the server
chat-port = Port of the server
chat-nick = Your name; without it the client asks
chat-room = Room to enter
chat-plain = Whole lines only, no redrawing (screen readers, logs)
chat-lang = Language of the client

bridge-ws-host = Address on which to listen for WebSockets
bridge-ws-port = Port on which to listen for WebSockets
bridge-chat-host = Address of the chat server
bridge-chat-port = TCP port of the chat server
bridge-origin = Host whose pages may connect (may be repeated)
bridge-ping-interval = Seconds between two pings
bridge-ping-timeout = Seconds for a pong to come
bridge-lang = Language of the notices

fanout-addr = Server to measure
fanout-rooms = How many rooms
fanout-members = Members of each room
fanout-senders = How many members of each room send
fanout-rate = Messages a second in all, or max
fanout-window = With max: outstanding messages of each sender
fanout-secs = For how many seconds
fanout-pid = The server's process, to measure CPU and memory
fanout-dialect = Protocol: text or ws
fanout-json = Result as JSON
floor-addr = Where to listen
floor-join = Joins what waits for a socket into one send

error-unknown-argument = I do not know “{ $arg }”. See the options with --help.
error-unknown-command = I do not know the command “{ $comando }”. See the commands with papo --help.
error-no-command = the command is missing: { $comandos }. See { $programa } --help.
error-no-value = the value of { $arg } is missing. See --help.
error-value = “{ $valor }” does not do for { $arg }. See the values with --help.
error-conflict = { $arg } does not go with { $outro }. Use only one of them.
error-any-value = { $arg } takes no value. See --help.
error-twice = { $arg } was given more than once. Use it once.
error-no-text = one of the arguments is no UTF-8 text.
error-missing = { $arg } is missing. See --help.
error-log = cannot write the log to { $arquivo }: { $causa }. Choose another file with --log-file.
error-system = the system does not give what is needed to start: { $causa }.

data-in-use-by = The data folder { $pasta } is in use by another server (process { $processo }). Stop that one, or choose another folder with --data.
data-in-use = The data folder { $pasta } is in use by another server. Stop that one, or choose another folder with --data.
data-newer = The data folder was written by a newer Papo (schema { $achado }; this one knows { $conhecido }). Use that version, or another folder with --data.
data-damaged = { $arquivo } is damaged: { $causa }. See papo store check, and restore a backup.
data-foreign-wal = { $arquivo } belongs to another database than the papo.db beside it. Put a restored backup into an empty folder.
data-missing = There is no data in { $pasta }. Choose another folder with --data.
data-not-writable = Cannot write to the data folder { $arquivo }: { $causa }. Choose another with --data.
data-full = The disk with { $pasta } is full. Make room on it, or choose another folder with --data.
data-io = Cannot use the data folder { $arquivo }: { $causa }. Choose another with --data.
check-step = Step { $passo } of { $passos }…
check-counts = { $salas } rooms, { $mensagens } messages, { $sessoes } sessions, { $mib } MiB, schema { $esquema }.
check-well = All is well.
check-found = Problems: { $total }. Restore a backup if you have one; what can be read is still served.
found-damaged = damaged: { $causa }
found-gap = room { $sala }: of the messages { $primeira } to { $ultima } only { $ha } are there
found-orphans = room { $sala } does not exist, but { $ha } messages of it do
found-room-number = room { $sala } has a number that may be given out again
backup-progress = Copying… { $porcento } %
backup-done = Backup written to { $arquivo }. To restore it, put it as papo.db into an empty data folder.
backup-exists = { $arquivo } exists already. Choose another name.
backup-target = the backup { $arquivo } was not written: { $causa }
