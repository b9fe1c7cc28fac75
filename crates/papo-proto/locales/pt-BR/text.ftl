# O que o servidor diz no dialeto de texto. Cada mensagem é um quadro; a marca [SYS] ou [ERRO] vem do código.

welcome =
    Boas-vindas ao Papo! Digite /help para ver os comandos.
    Escolha seu nome com /nick <nome>.
named = Seu nome agora é { $nome }.
named-guest = Você ainda não tinha nome; por enquanto é { $nome }. Troque com /nick <nome>.
entered = Você entrou em #{ $sala }.
created = Sala #{ $sala } criada. Entre com /join #{ $sala }.
exists = A sala #{ $sala } já existe. Entre com /join #{ $sala }.
left = Você saiu de #{ $sala }.
rooms = Salas ({ $total }):
members = Em #{ $sala } ({ $total }):
help =
    Comandos:
    /nick <nome> - escolhe ou troca o seu nome
    /join <sala> - entra em uma sala (cria se ela não existir)
    /create <sala> - cria uma sala sem entrar nela
    /rooms - lista as salas e quantas pessoas há em cada uma
    /who - lista quem está na sala atual
    /history [n] - mostra as últimas n mensagens da sala (20, se n faltar)
    /leave - sai da sala atual, sem desconectar
    /lang pt-BR|en - troca o idioma dos avisos
    /register <senha> - cria uma conta com o seu nome de agora
    /login <nome> <senha>, /logout - entra na conta, sai dela
    /password <velha> <nova>, /sessions, /delete-account <senha> - cuida da conta
    /token new|list|revoke - robôs, que falam por programas
    /msg <nome> <mensagem>, /r <mensagem> - escreve a uma pessoa; responde à última
    /ignore [nome], /unignore <nome> - não ver as mensagens de alguém
    /topic, /invite, /kick, /ban, /unban, /mute, /unmute, /slow - moderação da sala
    /op, /deop, /private on|off, /readonly on|off, /close - para quem criou a sala
    /redact, /report, /audit - apaga mensagens, relata à moderação, mostra o que ela fez
    /help - mostra esta ajuda (também /h e /?)
    /quit - encerra a conexão
    Qualquer outra linha é uma mensagem para a sala atual.
language = Avisos em português.
goodbye = Até logo!
slowed-down = Você está enviando rápido demais; suas mensagens serão lidas aos poucos. Nada se perde.
left-out =
    { $total ->
        [one] 1 mensagem ficou de fora porque a sua conexão estava atrasada.
       *[other] { $total } mensagens ficaram de fora porque a sua conexão estava atrasada.
    }
frame-too-big = Quadro grande demais (o limite é 8 MiB) ou protocolo desconhecido; encerrando a conexão.
draining = O servidor está sendo desligado e volta em breve. Até logo!
history = Últimas mensagens de #{ $sala } ({ $total }):
history-more = Mensagens de #{ $sala }, continuação:
history-empty = Ainda não se disse nada em #{ $sala }.
fenced = Sua sessão continua em outra conexão; esta aqui termina.
pong = O servidor está no ar.
refused-address = Há conexões demais do seu endereço. Feche alguma e tente de novo.
refused-full = O servidor está cheio. Tente de novo daqui a pouco.
cut = (O nome era longo demais e foi cortado.)

someone-entered = { $nome } entrou em #{ $sala }.
many-entered = { $nome } e mais { $outros } entraram em #{ $sala }.
someone-left = { $nome } saiu de #{ $sala }.
many-left = { $nome } e mais { $outros } saíram de #{ $sala }.
someone-lost = { $nome } perdeu a conexão.
many-lost = { $nome } e mais { $outros } perderam a conexão.
renamed = { $antes } agora é { $nome }.

nickname-taken = O nome { $nome } já está em uso, ou é parecido demais com um que está. Escolha outro com /nick <nome>.
name-empty = O nome precisa de pelo menos uma letra ou um número.
name-space = Um nome não pode ter espaços. Use letras, números, _, - e ponto.
name-character = O nome não pode ter “{ $sinal }”. Use letras, números, _, - e ponto.
name-unsafe = Esse nome mistura sinais que não podem ser comparados com segurança. Escolha outro.
name-reserved = Esse nome é reservado. Escolha outro com /nick <nome>.
unknown-command = Não conheço { $comando }. Digite /help para ver os comandos.
usage-nick = Falta o nome. Uso: /nick <nome>
usage-create = Falta a sala. Uso: /create <sala>
usage-join = Falta a sala. Uso: /join <sala>
usage-lang = Falta o idioma. Uso: /lang pt-BR|en
unknown-language = Não falo “{ $idioma }”. Uso: /lang pt-BR|en
no-room = Você não está em nenhuma sala. Entre em uma com /join <sala>.
message-too-long = Mensagem grande demais (o limite é { $kib } KiB); ela não foi enviada.
too-many-rooms = Já há salas demais no servidor. Entre em uma que existe: /rooms
tls-required = Este servidor só fala TLS. Use papo chat --tls, ou https:// no navegador.
rooms-too-fast =
    { $minutos ->
        [one] Seu endereço já criou salas demais. Tente de novo em 1 minuto.
       *[other] Seu endereço já criou salas demais. Tente de novo em { $minutos } minutos.
    }
internal = Erro interno ({ $id }). A mensagem não foi enviada; tente de novo.
malformed = O quadro não é um comando de papo/1: { $causa }
hello-first = Antes de qualquer comando vem hello.
hello-twice = Esta conexão já disse hello.
version = Esta versão não se fala aqui; fala-se a versão { $versao }.
txn = O txn deve ser um número entre 1 e 2^53 − 1.
unknown-session = Esta sessão não existe ou já terminou. Diga hello sem ela.
too-many-joined = Você já está em { $total } salas. Saia de uma antes de entrar em outra.
unknown-room = Esta sala não existe.
not-a-member = Você não está nesta sala.
empty-message = A mensagem está vazia.
number = O número deve estar entre 1 e { $maximo }.
busy = Um momento: algo da sua sessão ainda está sendo feito. Tente de novo.
store-full = O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.
