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

tls-first = I meet { $servidor } for the first time. Its certificate has the SHA-256 fingerprint { $impressao }; compare it with what the server showed when it started. It is kept in { $arquivo }, and another one will be refused.
tls-changed = The certificate of { $servidor } has changed: the fingerprint { $conhecida } was expected, and { $impressao } came. Somebody may stand between you and the server, so nothing was sent. If whoever runs it has changed the certificate, remove the server's line from { $arquivo }, or give the new fingerprint with --tls-fingerprint.
tls-unverified = The certificate of { $servidor } is not trusted ({ $causa }); its fingerprint is { $impressao }. If it is the right one, give it with --tls-fingerprint, or its authority with --tls-ca.
tls-none = { $servidor } did not answer in TLS. If it does not speak TLS, leave --tls out, or start it with “papo serve --tls self-signed”; if it is full, try again later.
tls-failed = There is no secure connection to { $servidor } ({ $causa }). Check --host and --port, and what certificate the server was given with --tls-cert.
tls-ca-unreadable = I cannot read { $arquivo } ({ $causa }). Check --tls-ca.
tls-ca-empty = There is no certificate in PEM in { $arquivo }. Check --tls-ca.
tls-met-unreadable = I cannot tell from { $arquivo } whether I know the server ({ $causa }). Repair the file or remove it, or use --tls-fingerprint.
tls-met-unwritable = I cannot remember the server in { $arquivo } ({ $causa }); next time I will not know it.

lost-closed = The server { $servidor } closed the connection. To come back, run “papo chat” again.
lost-broken = The connection to { $servidor } broke ({ $causa }). Check your network and run “papo chat” again.
lost-foreign = What answers at { $servidor } is not a Papo server. Check --host and --port.
lost-no-papo1 = What answers at { $servidor } does not speak papo/1. Check --host and --port; with an original server, use --text.

reconnecting = Connection lost; reconnecting…
back =
    { $total ->
        [0] Back; no message was missed.
        [one] Back; 1 missed message shown.
       *[other] Back; { $total } missed messages shown.
    }
fate-unknown = The server cannot tell whether your message arrived. See with /history whether it is in the room; if not, send it again.
put-off = The server cannot keep messages now; yours wait here and will be sent when it can.
room-gone = The room #{ $sala } does not exist any more. Enter another with /join <room>.
room-anew = The room #{ $sala } has begun anew: what was said before is not on the server any more.
refused-messages =
    { $total ->
        [one] 1 message was not taken.
       *[other] { $total } messages were not taken.
    }
unsent =
    { $total ->
        [one] 1 message was not sent: { $servidor } does not answer. Check that “papo serve” is running.
       *[other] { $total } messages were not sent: { $servidor } does not answer. Check that “papo serve” is running.
    }
ended-fenced = Your session at { $servidor } goes on by another connection; this one has ended.
ended-refused = The server { $servidor } did not take the connection: { $causa }

ask-password = Password:
ask-old-password = Password until now:
ask-new-password = New password:
ask-password-again = The same password again:
no-password = No password; nothing was done.
passwords-differ = The two passwords are not the same; nothing was done.
password-with-space = In the text dialect this password cannot have spaces; without --text it can.
password-overheard = The connection to this server is not encrypted, and the password would be read on the way; it was not sent. Connect with --tls, or on the server's own machine.
password-was-open = The password has already gone over the network unencrypted, and somebody may have read it: log in over an encrypted connection, or on the server's own machine, and change it with /password.
login-asks = To log in as { $nome } a terminal is needed, where the password can be typed. Log in once with --login { $nome } --keep; then a program can, too.
login-text = With --text, use /login <name>: a login that is kept is good without --text only.
login-over = The login that was kept is not good any more. Log in with /login <name>.
login-not-kept = The login is not kept ({ $causa }). Check $XDG_STATE_HOME, or ~/.local/state.
login-not-forgotten = The login that was kept is not good any more, but it is still in its file ({ $causa }).
ended-login = Your login at { $servidor } was ended. To come back: papo chat --login <name>
command-unknown = The connection was lost before the answer: nobody knows whether the command was carried out. Have a look, and repeat it if need be.
waits = { $causa } Your message waits here and will be sent then.
topic = Topic: { $assunto }
history-with = Last messages with { $nome } ({ $total }):
