# O que a ponte diz; o código põe a marca [bridge] na frente do que vai ao navegador.

connected = conectado ao chat TCP { $chat }
refused = não foi possível conectar ao chat TCP { $chat }. O servidor está no ar?
lost = a conexão com o chat TCP { $chat } caiu.
too-big = mensagem grande demais (o limite é 8 MiB); encerrando a conexão com { $chat }.
stopping = a ponte para o chat TCP { $chat } está sendo desligada.
listening = { "[" }bridge] WebSocket em { $ws }, chat TCP em { $chat }

error-serve-is-there = papo serve já atende nessa porta e fala WebSocket por si mesmo: abra http://{ $endereco }/ no navegador. Para deixar a porta à ponte, inicie o servidor com papo serve --web-port off.
error-in-use = a porta { $endereco } já está em uso por outro programa. Encerre-o ou escolha outra com --ws-port.
error-listen = não foi possível escutar em { $endereco }: { $causa }. Confira --ws-host e --ws-port.
error-system = o sistema não deu à ponte o que ela precisa para começar: { $causa }.
