# O que o servidor diz a quem o executa.

listening = { "[" }ESCUTANDO] Servidor em { $endereco }
web = { "[" }ESCUTANDO] Página em { $url }
lan = { "[" }REDE] Outros podem usar { $url } ou papo chat --host { $host } --port { $porta }
connected = { "[" }NOVA CONEXÃO] { $de } conectado.
disconnected = { "[" }CONEXÃO ENCERRADA] { $de } desconectado.
omitted = { "[" }SAÍDA] { $total } linhas omitidas porque ninguém as lia.
draining = { "[" }ENCERRANDO] Avisando os clientes…
stopped = { "[" }ENCERRADO] Até logo!

error-in-use = A porta { $endereco } já está em uso por outro programa. Encerre-o ou escolha outra com { $opcao }.
error-address = “{ $endereco }” não é um endereço desta máquina. Confira { $opcao }.
error-permission = Sem permissão para escutar em { $endereco }. Use uma porta acima de 1023 ou execute com permissão.
error-listen = Não foi possível escutar em { $endereco }: { $causa }.
error-data = Não é possível escrever na pasta de dados { $pasta }: { $causa }. Escolha outra com --data.
error-system = O sistema não deu ao servidor o que ele precisa para começar: { $causa }.
error-store = Não consigo ler o que está guardado: { $causa }
