# O que o servidor diz a quem o executa.

listening = { "[" }ESCUTANDO] Servidor em { $endereco }
web = { "[" }ESCUTANDO] Página em { $url }
lan = { "[" }REDE] Outros podem usar { $url } ou papo chat --host { $host } --port { $porta }
lan-tls = { "[" }REDE] Outros podem usar { $url } ou papo chat --tls --host { $host } --port { $porta }
connected = { "[" }NOVA CONEXÃO] { $de } conectado.
disconnected = { "[" }CONEXÃO ENCERRADA] { $de } desconectado.
omitted = { "[" }SAÍDA] { $total } linhas omitidas porque ninguém as lia.
draining = { "[" }ENCERRANDO] Avisando os clientes…
stopped = { "[" }ENCERRADO] Até logo!

tls = { "[" }TLS] Certificado com a impressão digital SHA-256 { $impressao }

first-admin = { "[" }ADMINISTRAÇÃO] Ninguém administra este servidor ainda. O convite para a primeira pessoa, válido por uma hora, está em { $arquivo }
first-admin-link =
    Quem abrir este endereço na próxima hora cria a conta que administra o servidor:
    { $url }
    No terminal: /register <senha> { $token }

error-in-use = A porta { $endereco } já está em uso por outro programa. Encerre-o ou escolha outra com { $opcao }.
error-address = “{ $endereco }” não é um endereço desta máquina. Confira { $opcao }.
error-permission = Sem permissão para escutar em { $endereco }. Use uma porta acima de 1023 ou execute com permissão.
error-listen = Não foi possível escutar em { $endereco }: { $causa }.
error-data = Não é possível escrever na pasta de dados { $pasta }: { $causa }. Escolha outra com --data.
error-system = O sistema não deu ao servidor o que ele precisa para começar: { $causa }.
tls-unreadable = Não consigo ler { $arquivo }: { $causa }. Confira { $opcao } e quem pode ler o arquivo.
tls-no-certificate = Não há certificado em PEM em { $arquivo }. Indique o arquivo dele, com os da autoridade depois, em --tls-cert.
tls-no-key = Não há chave em PEM sem senha em { $arquivo }. Indique a chave do certificado em --tls-key.
tls-mismatch = A chave em { $chave } não é a do certificado em { $certificado }. Indique em --tls-cert e --tls-key arquivos do mesmo certificado, o do servidor primeiro.
tls-unusable = Não consigo usar { $arquivo }: { $causa }. Confira --tls-cert e --tls-key.
tls-keep = Não consigo guardar o certificado em { $arquivo }: { $causa }. Escolha outra pasta com --data.
error-store = Não consigo ler o que está guardado: { $causa }
