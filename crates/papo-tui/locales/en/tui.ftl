# What the terminal client says by itself. The code adds the tags [OK] and [ERRO].

connected = Connected to { $servidor }
ask-name = Enter your user name:
prompt = You:
line-too-long = Your line is too long (the limit is { $mib } MiB); it was not sent.
skipped = A message came that is too long to be shown.
queue-full = The server has not read yet what you sent. The line stays in the prompt; try again in a moment.

unknown-host = I cannot find the server “{ $host }”. Check the name in --host, and your network.
refused = No server answers at { $servidor }. Check that “papo serve” is running, or name another one with --host and --port.
no-answer = { $servidor } did not answer within { $segundos } s. Check --host and --port, and whether a firewall blocks the port.
network = I cannot connect to { $servidor } ({ $causa }). Check --host, --port and your network.
internal = I cannot start the client ({ $causa }).

lost-closed = The server { $servidor } closed the connection. To come back, run “papo chat” again.
lost-broken = The connection to { $servidor } broke ({ $causa }). Check your network and run “papo chat” again.
lost-foreign = What answers at { $servidor } is not a Papo server. Check --host and --port.
