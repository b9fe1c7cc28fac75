//! What an address may do only so fast.

use papo_proto::limits::{REPORTS_PER_ADDRESS_AND_HOUR, ROOM_INVITES_PER_ADDRESS_AND_HOUR};

use super::check_in;
use super::world::World;

#[test]
fn an_address_reports_only_so_often_and_a_quiet_account_is_heard_all_the_same() {
    let mut world = World::new(true);
    check_in(&mut world, "*in geral: a Ana, b Bia with an account");
    for _ in 0..REPORTS_PER_ADDRESS_AND_HOUR {
        check_in(&mut world, "a> /report x\na< [SYS] Feito.");
    }
    check_in(
        &mut world,
        "a> /report x
         a< [ERRO] Do seu endereço já se fez isso vezes demais. Tente de novo em 3 min.
         *in geral: c Caio
         c> /report x
         c< [ERRO] Do seu endereço já se fez isso vezes demais. Tente de novo em 3 min.
         b> /report y
         b< [SYS] Feito.
         b> /report y
         b< [ERRO] Do seu endereço já se fez isso vezes demais. Tente de novo em 3 min.
         *from 192.0.2.9
         *in geral: d Davi
         d> /report z
         d< [SYS] Feito.
         *wait 180
         a> /report x
         a< [SYS] Feito.",
    );
}

#[test]
fn an_address_invites_only_so_often_whoever_comes_from_it() {
    let mut world = World::new(true);
    check_in(&mut world, "*in sala: a Ana\n*in geral: b Bia");
    for _ in 0..ROOM_INVITES_PER_ADDRESS_AND_HOUR {
        check_in(&mut world, "a> /invite Bia\na< [SYS] Feito: Bia.\nb< [SYS] Ana convidou você para #sala. Entre com /join #sala");
    }
    check_in(
        &mut world,
        "a> /invite Bia
         a< [ERRO] Do seu endereço já se fez isso vezes demais. Tente de novo em 30 s.
         *in sala: c Caio
         c> /invite Bia
         c< [ERRO] Do seu endereço já se fez isso vezes demais. Tente de novo em 30 s.
         *from 192.0.2.9
         *in sala: d Davi
         d> /invite Bia
         d< [SYS] Feito: Bia.
         b< [SYS] Davi convidou você para #sala. Entre com /join #sala",
    );
}
