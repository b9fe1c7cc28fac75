# The command line of papo.

usage = Usage:
commands = Commands
options = Options
default = default
help-help = Shows this help
help-version = Shows the version

shape-papo = papo <command> [options]
shape-serve = papo serve [options]
shape-chat = papo chat [options]
shape-bridge = papo bridge [options]
shape-bench = papo bench <command> [options]
shape-fanout = papo bench fanout --addr <HOST:PORT> [options]
shape-floor = papo bench floor [options]

about-papo = Papo: a chat with rooms, in one program.
about-serve = Starts the server: TCP, WebSocket and the page, in one process.
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
serve-flood = Limits the rate of sending and of making rooms
serve-message-kib = Largest message, in KiB
serve-backlog-mib = Memory for recent messages, in MiB
serve-per-address = Connections from one address (this computer is exempt)
serve-log-level = How much goes to the log
serve-log-format = Format of the log
serve-log-file = File of the log; without it, standard error
serve-log-max-mib = Size at which the log's file is rotated, in MiB
serve-log-backups = How many old log files are kept

chat-host = Address of the server
chat-port = Port of the server
chat-nick = Your name; without it the client asks
chat-room = Room to enter
chat-text = The text dialect of the original programs: no reconnecting, nothing that was missed is shown
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
