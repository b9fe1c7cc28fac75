# A linha de comando do papo.

usage = Uso:
commands = Comandos
options = Opções
default = padrão
help-help = Mostra esta ajuda
help-version = Mostra a versão

shape-papo = papo <comando> [opções]
shape-serve = papo serve [opções]
shape-store = papo store <comando> [opções]
shape-check = papo store check [opções]
shape-backup = papo store backup <ARQUIVO> [opções]
shape-chat = papo chat [opções]
shape-bridge = papo bridge [opções]
shape-bench = papo bench <comando> [opções]
shape-fanout = papo bench fanout --addr <HOST:PORT> [opções]
shape-floor = papo bench floor [opções]

about-papo = Papo: bate-papo com salas, em um só programa.
about-serve = Inicia o servidor: TCP, WebSocket e a página, em um só processo.
about-store = Cuida da pasta de dados, mesmo com um servidor usando-a.
about-check = Verifica se tudo na pasta de dados está inteiro.
about-backup = Copia a pasta de dados para um só arquivo.
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
serve-metrics = Quem pode ler /metrics na porta web
serve-flood = Limita a taxa de envio e de criação de salas
serve-message-kib = Maior mensagem, em KiB
serve-backlog-mib = Memória para mensagens recentes, em MiB
serve-per-address = Conexões por endereço (o próprio computador não conta)
serve-log-level = Quanto vai para o registro
serve-log-format = Formato do registro
serve-log-file = Arquivo do registro; sem ele, a saída de erros
serve-log-max-mib = Tamanho em que o arquivo do registro é trocado, em MiB
serve-log-backups = Quantos arquivos antigos do registro são guardados

store-data = Pasta de dados; sem ela, $STATE_DIRECTORY ou a pasta XDG
store-lang = Idioma das respostas
backup-file = O arquivo em que a cópia fica; não pode existir

chat-host = Endereço do servidor
chat-port = Porta do servidor
chat-nick = Seu nome; sem ele, o cliente pergunta
chat-room = Sala em que entrar
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

data-in-use-by = A pasta de dados { $pasta } está em uso por outro servidor (processo { $processo }). Pare aquele, ou escolha outra pasta com --data.
data-in-use = A pasta de dados { $pasta } está em uso por outro servidor. Pare aquele, ou escolha outra pasta com --data.
data-newer = A pasta de dados foi escrita por um Papo mais novo (esquema { $achado }; este conhece até { $conhecido }). Use aquela versão, ou outra pasta com --data.
data-damaged = { $arquivo } está danificado: { $causa }. Veja papo store check, e restaure uma cópia.
data-foreign-wal = { $arquivo } é de outro banco de dados que o papo.db ao lado. Ponha uma cópia restaurada em uma pasta vazia.
data-missing = Não há dados em { $pasta }. Escolha outra pasta com --data.
data-not-writable = Não é possível escrever na pasta de dados { $arquivo }: { $causa }. Escolha outra com --data.
data-full = O disco de { $pasta } está cheio. Libere espaço, ou escolha outra pasta com --data.
data-io = Não é possível usar a pasta de dados { $arquivo }: { $causa }. Escolha outra com --data.
check-step = Passo { $passo } de { $passos }…
check-counts = { $salas } salas, { $mensagens } mensagens, { $sessoes } sessões, { $mib } MiB, esquema { $esquema }.
check-well = Está tudo bem.
check-found = Problemas: { $total }. Restaure uma cópia, se houver; o que se consegue ler continua sendo servido.
found-damaged = danificado: { $causa }
found-gap = sala { $sala }: das mensagens { $primeira } a { $ultima } só há { $ha }
found-orphans = a sala { $sala } não existe, mas há { $ha } mensagens dela
found-room-number = a sala { $sala } tem um número que pode ser dado de novo
backup-progress = Copiando… { $porcento } %
backup-done = Cópia escrita em { $arquivo }. Para restaurá-la, ponha-a como papo.db em uma pasta de dados vazia.
backup-exists = { $arquivo } já existe. Escolha outro nome.
backup-target = a cópia { $arquivo } não foi escrita: { $causa }
