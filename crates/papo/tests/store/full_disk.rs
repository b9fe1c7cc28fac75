//! A disk without room: nothing new is taken, nothing is lost, and it goes on by itself.

use papo_testkit::{Http, SmallDisk, Structured};

use super::{check, serve};

#[test]
fn a_full_disk_takes_nothing_new_loses_nothing_and_recovers_by_itself() {
    let Some(disk) = SmallDisk::mount(4) else { return };
    let data = disk.path().join("dados");
    let server = serve(&data);
    let (mut pia, _) = Structured::tcp(server.tcp()).named("Pia");
    let room = pia.join("geral").id;
    let mut ana = papo_testkit::Client::tcp(server.tcp()).named("Ana");
    let mut taken = 0;
    while taken < 50 {
        taken = pia.post(room, &format!("antes {taken}")).expect("there is room");
        ana.read_until(|line| line.starts_with("[#geral] Pia: "));
    }
    disk.fill(0);
    // The WAL may have a little room of its own: then so much is still taken, and kept.
    let text = "x".repeat(16 * 1024);
    let refused = loop {
        match pia.post(room, &text) {
            Ok(seq) => taken = seq,
            Err(code) => break code,
        }
        ana.read_until(|line| line.starts_with("[#geral] Pia: "));
    };
    assert_eq!(refused, 5001);
    ana.send("também não");
    ana.expect("[ERRO] O disco do servidor está cheio; a mensagem não foi guardada. Tente de novo mais tarde.");
    assert_eq!(Http::connect(server.web()).request("GET", "/readyz", &[]).status, 503);
    assert_eq!(Http::connect(server.web()).request("GET", "/healthz", &[]).status, 200);
    // Reading goes on, people come and go, and nobody saw what was refused.
    ana.send("/history 2");
    assert_eq!(ana.read_until(|line| line.starts_with("[SYS] Últimas mensagens de #geral (2):")).lines().count(), 3);
    assert_eq!(pia.log(room).len() as u64, taken);
    let (mut late, _) = Structured::ws(server.web()).named("Tarde");
    assert_eq!(late.join("geral").head, taken);
    ana.expect("[SYS] Tarde entrou em #geral.");
    assert_eq!(late.log(room).len() as u64, taken);
    disk.free();
    let seq = loop {
        // The writer waits a moment after a failure; until then it may still refuse.
        if let Ok(seq) = pia.post(room, "de novo") {
            break seq;
        }
    };
    assert_eq!(seq, taken + 1, "no number was used up");
    ana.expect("[#geral] Pia: de novo");
    assert_eq!(Http::connect(server.web()).request("GET", "/readyz", &[]).status, 200);
    drop(server);
    let checked = check(&data);
    assert!(checked.code == Some(0) && checked.out.contains(&format!(" {seq} messages")), "{checked:?}");
}
