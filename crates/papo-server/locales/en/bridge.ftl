# What the bridge says; the code puts the tag [bridge] before what goes to the browser.

connected = connected to the TCP chat { $chat }
refused = could not connect to the TCP chat { $chat }. Is the server up?
lost = the connection to the TCP chat { $chat } was lost.
too-big = message too big (the limit is 8 MiB); closing the connection to { $chat }.
stopping = the bridge to the TCP chat { $chat } is shutting down.
listening = { "[" }bridge] WebSocket at { $ws }, TCP chat at { $chat }

error-serve-is-there = papo serve answers on that port already and speaks WebSocket itself: open http://{ $endereco }/ in a browser. To leave the port to the bridge, start the server with papo serve --web-port off.
error-in-use = the port { $endereco } is in use by another program. End it or choose another with --ws-port.
error-listen = cannot listen on { $endereco }: { $causa }. Check --ws-host and --ws-port.
error-system = the system does not give the bridge what it needs to start: { $causa }.
