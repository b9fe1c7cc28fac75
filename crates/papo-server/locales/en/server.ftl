# What the server says to the person who runs it.

listening = { "[" }LISTENING] Server at { $endereco }
web = { "[" }LISTENING] Page at { $url }
lan = { "[" }NETWORK] Others can use { $url } or papo chat --host { $host } --port { $porta }
lan-tls = { "[" }NETWORK] Others can use { $url } or papo chat --tls --host { $host } --port { $porta }
connected = { "[" }NEW CONNECTION] { $de } connected.
disconnected = { "[" }CONNECTION CLOSED] { $de } disconnected.
omitted = { "[" }OUTPUT] { $total } lines left out because nobody read them.
draining = { "[" }STOPPING] Telling the clients…
stopped = { "[" }STOPPED] See you!

tls = { "[" }TLS] Certificate with the SHA-256 fingerprint { $impressao }

first-admin = { "[" }ADMINISTRATION] Nobody administers this server yet. The invitation for the first person, good for an hour, is in { $arquivo }
first-admin-link =
    Whoever opens this address within the next hour makes the account that administers the server:
    { $url }
    In the terminal: /register <password> { $token }

error-in-use = The port { $endereco } is in use by another program. End it or choose another port with { $opcao }.
error-address = “{ $endereco }” is not an address of this machine. Check { $opcao }.
error-permission = Not allowed to listen on { $endereco }. Use a port above 1023 or run with permission.
error-listen = Cannot listen on { $endereco }: { $causa }.
error-data = Cannot write to the data folder { $pasta }: { $causa }. Choose another with --data.
error-system = The system does not give the server what it needs to start: { $causa }.
tls-unreadable = Cannot read { $arquivo }: { $causa }. Check { $opcao } and who may read the file.
tls-no-certificate = { $arquivo } holds no certificate in PEM. Give its file, with those up to its authority, by --tls-cert.
tls-no-key = { $arquivo } holds no key in PEM without a password. Give the key of the certificate by --tls-key.
tls-mismatch = The key in { $chave } does not belong to the certificate in { $certificado }. Give --tls-cert and --tls-key of the same certificate, the server's own first.
tls-unusable = Cannot use { $arquivo }: { $causa }. Check --tls-cert and --tls-key.
tls-keep = Cannot keep the certificate in { $arquivo }: { $causa }. Choose another folder with --data.
error-store = I cannot read what is stored: { $causa }
