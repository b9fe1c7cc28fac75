# A linha de comando do papo.

usage = Uso:
commands = Comandos
options = Opções
default = padrão
help-help = Mostra esta ajuda
help-version = Mostra a versão

shape-papo = papo <comando> [opções]
shape-serve = papo serve [opções]
shape-chat = papo chat [opções]
shape-bridge = papo bridge [opções]
shape-bench = papo bench <comando> [opções]
shape-fanout = papo bench fanout --addr <HOST:PORT> [opções]
shape-floor = papo bench floor [opções]

about-papo = Papo: bate-papo com salas, em um só programa.
about-serve = Inicia o servidor: TCP, WebSocket e a página, em um só processo.
about-chat = Abre o cliente de terminal.
about-bridge = Liga cada WebSocket a uma conexão TCP de um servidor de chat.
about-bench = Mede um servidor.
about-fanout = Mede a entrega de mensagens a muitas conexões.
about-floor = O laço nu de send() com o qual se compara.

serve-host = Endereço da porta TCP
serve-port = Porta TCP; 0 deixa o sistema escolher
serve-web-host = Endereço da porta web
serve-web-port = Porta da página e do WebSocket; off desliga
serve-lan = Escuta em todos os endereços e mostra o que os outros digitam
serve-origin = Outro host cujas páginas podem conectar (pode ser repetida)
serve-data = Pasta de dados; sem ela, $STATE_DIRECTORY ou a pasta XDG
serve-store = Onde ficam as mensagens
serve-lang = Idioma da saída e das novas sessões
serve-flood = Limita a taxa de envio e de criação de salas
serve-message-kib = Maior mensagem, em KiB
serve-backlog-mib = Memória para mensagens recentes, em MiB
serve-per-address = Conexões por endereço (o próprio computador não conta)
serve-log-level = Quanto vai para o registro
serve-log-format = Formato do registro
serve-log-file = Arquivo do registro; sem ele, a saída de erros
serve-log-max-mib = Tamanho em que o arquivo do registro é trocado, em MiB
serve-log-backups = Quantos arquivos antigos do registro são guardados

chat-host = Endereço do servidor
chat-port = Porta do servidor
chat-nick = Seu nome; sem ele, o cliente pergunta
chat-room = Sala em que entrar
chat-text = O dialeto de texto dos programas originais: sem reconectar, sem recuperar o que se perdeu
chat-plain = Só linhas inteiras, sem redesenhar (leitores de tela, registros)
chat-lang = Idioma do cliente

bridge-ws-host = Endereço em que escutar WebSockets
bridge-ws-port = Porta em que escutar WebSockets
bridge-chat-host = Endereço do servidor de chat
bridge-chat-port = Porta TCP do servidor de chat
bridge-origin = Host cujas páginas podem conectar (pode ser repetida)
bridge-ping-interval = Segundos entre dois pings
bridge-ping-timeout = Segundos para um pong chegar
bridge-lang = Idioma dos avisos

fanout-addr = Servidor a medir
fanout-rooms = Quantas salas
fanout-members = Membros por sala
fanout-senders = Quantos membros de cada sala enviam
fanout-rate = Mensagens por segundo ao todo, ou max
fanout-window = Com max: mensagens pendentes por remetente
fanout-secs = Por quantos segundos
fanout-pid = Processo do servidor, para medir CPU e memória
fanout-dialect = Protocolo: text ou ws
fanout-json = Resultado em JSON
floor-addr = Onde escutar
floor-join = Junta o que espera por um soquete em um só envio

error-unknown-argument = não conheço “{ $arg }”. Veja as opções com --help.
error-unknown-command = não conheço o comando “{ $comando }”. Veja os comandos com papo --help.
error-no-command = falta o comando: { $comandos }. Veja { $programa } --help.
error-no-value = falta o valor de { $arg }. Veja --help.
error-value = “{ $valor }” não serve para { $arg }. Veja os valores com --help.
error-conflict = { $arg } não combina com { $outro }. Use só uma das opções.
error-any-value = { $arg } não tem valor. Veja --help.
error-twice = { $arg } foi dada mais de uma vez. Use-a uma vez só.
error-no-text = um dos argumentos não é texto em UTF-8.
error-missing = falta { $arg }. Veja --help.
error-log = não é possível escrever o registro em { $arquivo }: { $causa }. Escolha outro arquivo com --log-file.
error-system = o sistema não deu o que é preciso para começar: { $causa }.
