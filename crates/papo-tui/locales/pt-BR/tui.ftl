# O que o cliente de terminal diz por conta própria. As marcas [OK] e [ERRO] vêm do código.

connected = Conectado a { $servidor }
ask-name = Informe seu nome de usuário:
prompt = Você:
line-too-long = Sua linha é grande demais (o limite é { $mib } MiB); ela não foi enviada.
skipped = Uma mensagem grande demais chegou e não pode ser mostrada.
queue-full = O servidor ainda não leu o que você enviou. A linha continua no prompt; tente de novo daqui a pouco.

unknown-host = Não encontrei o servidor “{ $host }”. Confira o nome em --host e a sua rede.
refused = Nenhum servidor responde em { $servidor }. Confira se o “papo serve” está rodando, ou indique outro com --host e --port.
no-answer = { $servidor } não respondeu em { $segundos } s. Confira --host e --port, e se um firewall bloqueia a porta.
network = Não consegui conectar a { $servidor } ({ $causa }). Confira --host, --port e a sua rede.
internal = Não consegui iniciar o cliente ({ $causa }).

tls-first = É meu primeiro contato com { $servidor }. O certificado dele tem a impressão digital SHA-256 { $impressao }; compare-a com a que o servidor mostrou ao iniciar. Ela fica guardada em { $arquivo }, e outra será recusada.
tls-changed = O certificado de { $servidor } mudou: eu esperava a impressão digital { $conhecida } e veio { $impressao }. Alguém pode estar entre você e o servidor, por isso nada foi enviado. Se quem cuida dele trocou o certificado, apague a linha do servidor em { $arquivo }, ou indique a impressão nova com --tls-fingerprint.
tls-unverified = O certificado de { $servidor } não é de confiança ({ $causa }); a impressão digital dele é { $impressao }. Se for o certo, indique-a com --tls-fingerprint, ou a autoridade dele com --tls-ca.
tls-none = { $servidor } não respondeu em TLS. Se não fala TLS, tire o --tls ou inicie-o com “papo serve --tls self-signed”; se está lotado, tente mais tarde.
tls-failed = Não há conexão segura com { $servidor } ({ $causa }). Confira --host e --port, e o certificado que o servidor recebeu em --tls-cert.
tls-ca-unreadable = Não consigo ler { $arquivo } ({ $causa }). Confira --tls-ca.
tls-ca-empty = Não há certificado em PEM em { $arquivo }. Confira --tls-ca.
tls-met-unreadable = Não consigo saber por { $arquivo } se conheço o servidor ({ $causa }). Conserte ou apague o arquivo, ou use --tls-fingerprint.
tls-met-unwritable = Não consigo guardar o servidor em { $arquivo } ({ $causa }); da próxima vez não o conhecerei.

lost-closed = O servidor { $servidor } encerrou a conexão. Para voltar, rode “papo chat” de novo.
lost-broken = A conexão com { $servidor } caiu ({ $causa }). Confira a sua rede e rode “papo chat” de novo.
lost-foreign = O que responde em { $servidor } não é um servidor Papo. Confira --host e --port.
lost-no-papo1 = O que responde em { $servidor } não fala papo/1. Confira --host e --port; com um servidor original, use --text.

reconnecting = Conexão perdida; reconectando…
back =
    { $total ->
        [0] De volta; nenhuma mensagem perdida.
        [one] De volta; 1 mensagem perdida mostrada.
       *[other] De volta; { $total } mensagens perdidas mostradas.
    }
fate-unknown = O servidor não sabe dizer se a sua mensagem chegou. Veja com /history se ela está na sala; se não estiver, envie-a de novo.
put-off = O servidor não pode guardar mensagens agora; as suas esperam aqui e serão enviadas quando ele puder.
room-gone = A sala #{ $sala } não existe mais. Entre em outra com /join <sala>.
room-anew = A sala #{ $sala } recomeçou: o que foi dito antes não está mais no servidor.
refused-messages =
    { $total ->
        [one] 1 mensagem não foi aceita.
       *[other] { $total } mensagens não foram aceitas.
    }
unsent =
    { $total ->
        [one] 1 mensagem não foi enviada: { $servidor } não responde. Confira se o “papo serve” está rodando.
       *[other] { $total } mensagens não foram enviadas: { $servidor } não responde. Confira se o “papo serve” está rodando.
    }
ended-fenced = Sua sessão em { $servidor } continua em outra conexão; esta terminou.
ended-refused = O servidor { $servidor } não aceitou a conexão: { $causa }

ask-password = Senha:
ask-old-password = Senha de agora:
ask-new-password = Senha nova:
ask-password-again = A mesma senha outra vez:
no-password = Nenhuma senha; nada foi feito.
passwords-differ = As duas senhas não são iguais; nada foi feito.
password-with-space = No dialeto de texto esta senha não pode ter espaços; sem --text pode.
password-overheard = A conexão com este servidor não é cifrada, e a senha seria lida no caminho; ela não foi enviada. Conecte-se com --tls, ou na própria máquina do servidor.
password-was-open = A senha já passou pela rede sem cifra, e alguém pode tê-la lido: entre por uma conexão cifrada, ou na própria máquina do servidor, e troque-a com /password.
login-asks = Para entrar na conta { $nome } é preciso um terminal, onde a senha possa ser digitada. Entre uma vez com --login { $nome } --keep; depois também um programa pode.
login-text = Com --text, entre com /login <nome>: um login guardado só vale sem --text.
login-over = O login guardado não vale mais. Entre com /login <nome>.
login-not-kept = O login não ficou guardado ({ $causa }). Confira $XDG_STATE_HOME, ou ~/.local/state.
login-not-forgotten = O login guardado não vale mais, mas ainda está no arquivo ({ $causa }).
ended-login = Seu login em { $servidor } foi encerrado. Para voltar: papo chat --login <nome>
command-unknown = A conexão caiu antes da resposta: não se sabe se o comando foi feito. Confira, e repita se for preciso.
waits = { $causa } Sua mensagem espera aqui e será enviada então.
topic = Assunto: { $assunto }
history-with = Últimas mensagens com { $nome } ({ $total }):
