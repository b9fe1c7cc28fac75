# O que o servidor diz de contas, conversas a dois e moderação, no dialeto de texto.

logged-in = Você entrou como { $nome }.
registered = A conta { $nome } é sua. Da próxima vez: /login { $nome } <senha>
logged-out = Você saiu da conta; agora é { $nome }.
password-changed = Senha trocada. As outras sessões da conta terminaram.
account-deleted = Conta apagada. O nome fica reservado para sempre.
logins = Sessões da sua conta ({ $total }):
login-line = { $id }: { $nome }, usada há { $quando }
login-this = (esta)
token = O robô { $nome } foi criado. O token dele, mostrado só agora: { $token }
tokens = Seus robôs ({ $total }):
ended = { $nome } terminou.
name-reclaimed = O nome que você usava pertence a uma conta, e a dona ou o dono entrou. Agora você é { $nome }. Troque com /nick <nome>.
login-ended = Sua sessão foi encerrada. Entre de novo com /login <nome> <senha>.
direct = Conversa com { $nome }: use /msg { $nome } <mensagem>, e /history @{ $nome } para ler o que já foi dito.
kept-for = { $nome } não está aqui; a mensagem foi guardada e será mostrada na volta.
unread =
    { $total ->
        [one] 1 mensagem de { $nome } chegou enquanto você estava fora. As últimas:
       *[other] { $total } mensagens de { $nome } chegaram enquanto você estava fora. As últimas:
    }
history-with = Últimas mensagens com { $nome } ({ $total }):
history-with-more = Mensagens com { $nome }, continuação:
history-with-empty = Ainda não se disse nada com { $nome }.
ignored = Você não vê mensagens de ({ $total }):
ignored-nobody = Você vê as mensagens de todo mundo.
done = Feito.
done-for = Feito: { $nome }.
invited = { $nome } convidou você para #{ $sala }. Entre com /join #{ $sala }
removed = { $nome } tirou você de #{ $sala }.
removed-why = { $nome } tirou você de #{ $sala }: { $causa }
banned-you = { $nome } baniu você de #{ $sala }.
banned-you-why = { $nome } baniu você de #{ $sala }: { $causa }
closed-you = { $nome } encerrou #{ $sala }.
redacted =
    { $total ->
        [0] Não havia mensagem para apagar.
        [one] 1 mensagem apagada.
       *[other] { $total } mensagens apagadas.
    }
redaction =
    { $total ->
        [one] { $nome } apagou uma mensagem.
       *[other] { $nome } apagou { $total } mensagens.
    }
reported = { $nome } relata em #{ $sala }: { $causa }
announcement = Aviso a todos: { $texto }
topic = { $nome } mudou o assunto: { $assunto }
topic-none = { $nome } apagou o assunto.
private-on = { $nome } tornou a sala privada: só entra quem for convidado.
private-off = { $nome } abriu a sala para todos.
readonly-on = { $nome } deixou a sala só para leitura: só moderadores escrevem.
readonly-off = { $nome } deixou que todos escrevam na sala de novo.
slow-on = { $nome } deixou a sala lenta: uma mensagem a cada { $segundos } s.
slow-off = { $nome } tirou a espera entre mensagens.
role-owner = { $nome } deixou a sala com { $quem }.
role-moderator = { $nome } fez de { $quem } moderador(a).
role-other = { $nome } tirou de { $quem } a moderação.
muted = { $nome } silenciou { $quem } por { $tempo }.
unmuted = { $nome } deixou { $quem } falar de novo.
someone-removed = { $nome } tirou { $quem } da sala.
someone-banned = { $nome } baniu { $quem } da sala.
room-topic = Assunto: { $assunto }
audit = O que a moderação fez em #{ $sala } ({ $total }):
accounts = Contas ({ $total }):
account-admin = administração
account-bot = robô
account-disabled = bloqueada
account-deleted-mark = apagada
invitation = Convite: { $token }
seconds = { $n } s
minutes = { $n } min
hours = { $n } h
days = { $n } d

login-first = Este servidor é só para quem tem conta. Entre com /login <nome> <senha> ou crie uma com /register <senha>.
not-logged-in = Você não entrou em uma conta. Entre com /login <nome> <senha>.
already-logged-in = Você já está em uma conta. Saia dela com /logout.
wrong-password = Nome ou senha errados.
login-too-fast =
    { $segundos ->
        [one] Senhas erradas demais. Tente de novo em 1 segundo.
       *[other] Senhas erradas demais. Tente de novo em { $segundos } segundos.
    }
password-length = A senha precisa ter de { $minimo } a { $maximo } caracteres.
unencrypted = Esta conexão não é cifrada, e a senha seria lida no caminho. Conecte-se com TLS (papo chat --tls) ou a partir da própria máquina do servidor.
registration-closed = Este servidor não aceita contas novas.
invitation-needed = É preciso um convite que ainda valha para criar uma conta aqui.
name-of-account = O nome de uma conta não muda. Para usar outro, saia dela com /logout.
nobody = Não há ninguém chamado { $nome }.
nobody-to-answer = Ninguém lhe escreveu ainda. Use /msg <nome> <mensagem>.
oneself = Isso não se faz consigo mesmo.
guest-away = { $nome } não está aqui e não tem conta; a mensagem não foi enviada.
role-needed-member = Só quem tem conta pode fazer isso: /register <senha>
role-needed-moderator = Só a moderação da sala pode fazer isso.
role-needed-owner = Só quem criou a sala pode fazer isso.
role-needed-admin = Só a administração do servidor pode fazer isso.
role-of = { $nome } tem papel igual ou maior que o seu na sala.
read-only = Esta sala é só para leitura.
banned = Você foi banido desta sala por { $tempo }.
banned-for-ever = Você foi banido desta sala.
you-are-muted = Você está sem voz nesta sala por mais { $tempo }.
slow = Esta sala é lenta: espere { $tempo }.
too-fast = Do seu endereço já se fez isso vezes demais. Tente de novo em { $tempo }.
lockdown = O servidor está em quarentena: só escrevem contas com mais de um dia.
wrong-room = Isso não se faz nesta sala.
no-message = Essa mensagem não existe, já foi apagada ou não é sua.
too-many = Já há { $maximo }; não cabe mais nenhum.
room-taken = Já há uma sala pública chamada #{ $sala }.
not-in-room = { $nome } não está nesta sala. Para que não volte, use /ban { $nome }.
not-for-bots = Um robô não pode fazer isso.
unknown-token = Não há sessão nem robô com esse nome ou número.
admin-only = Isso só se faz na máquina do servidor, com papo admin.

usage-register = Falta a senha. Uso: /register <senha> [convite]
usage-login = Uso: /login <nome> <senha>
usage-password = Uso: /password <senha de agora> <senha nova>
usage-delete-account = Para apagar a conta, confirme com a senha: /delete-account <senha>
usage-sessions = Uso: /sessions, ou /sessions end <número>
usage-token = Uso: /token new <nome> [salas], /token list ou /token revoke <nome>
usage-msg = Uso: /msg <nome> <mensagem>
usage-answer = Falta a mensagem. Uso: /r <mensagem>
usage-unignore = Falta o nome. Uso: /unignore <nome>
usage-topic = Falta o assunto. Uso: /topic <assunto>, ou /topic - para apagá-lo
usage-invite = Falta o nome. Uso: /invite <nome>
usage-kick = Falta o nome. Uso: /kick <nome> [causa]
usage-ban = Falta o nome. Uso: /ban <nome> [tempo, como 30m, 2h ou 7d] [causa]
usage-unban = Falta o nome. Uso: /unban <nome>
usage-mute = Uso: /mute <nome> <tempo, como 10m ou 2h>
usage-unmute = Falta o nome. Uso: /unmute <nome>
usage-slow = Uso: /slow <segundos>; 0 tira a espera
usage-op = Falta o nome. Uso: /op <nome>
usage-deop = Falta o nome. Uso: /deop <nome>
usage-redact = Uso: /redact apaga a sua última mensagem; /redact <nome> a última de alguém; /redact <nome> <tempo> todas desde então; /redact #<número> uma só
usage-report = Falta o relato. Uso: /report <o que houve>
usage-on-off = Uso: on ou off
