//! A plan that reads several logs at once.

use super::*;

/// Programs are in several rooms at once; each room's frames come in its order.
#[test]
fn several_rooms_are_read_at_once() {
    let names = ["um", "dois", "tres"];
    for seed in 0..200 {
        let mut dice = Dice(seed);
        let mut rooms: Vec<Room> = (1..=3).zip(names).map(|(number, name)| Room::new(number, name)).collect();
        let encoding = Encoding::papo1(Framing::Length, Lang::En);
        let mut plan = Plan::default();
        for (at, room) in rooms.iter_mut().enumerate() {
            // Before it enters, the room already has a past, of which it has missed the end.
            for n in 0..4 {
                room.say(ANA, &format!("before {n}"));
            }
            let from = room.log.add_reader(encoding);
            plan.enter(room.log.clone(), encoding, from, (at > 0).then_some(Seq(at as u64)), at as u32);
        }
        let mut sent = Vec::new();
        let step = |plan: &mut Plan, rooms: &[Room], dice: &mut Dice, sent: &mut Vec<u8>| {
            let (portion, behind) = plan.gather(ME, |room| rooms[room.0 as usize - 1].log.head());
            if let Some(behind) = behind {
                let room = &rooms[behind.log.room().0 as usize - 1];
                let mut missed = Vec::new();
                let next = Seq(behind.cursor.seq.0 + 1);
                missed.extend(room.frame(behind.cursor.seq.0, encoding, SessionId::default()));
                let cursor = if next == behind.next.seq { behind.next } else { Cursor { seq: next, ..behind.cursor } };
                if dice.below(2) == 0 {
                    plan.push(b"\0\0\0\x01{".to_vec().into());
                }
                assert!(plan.resume_at(&behind, cursor, missed));
                return true;
            }
            if portion.is_empty() {
                return false;
            }
            let bytes: Vec<u8> = plan.slices(&portion).iter().flat_map(|slice| slice.iter().copied()).collect();
            let taken = (1 + dice.below(60)).min(bytes.len());
            sent.extend_from_slice(&bytes[..taken]);
            plan.advance(&portion, taken);
            true
        };
        for n in 0..60 {
            let room = &mut rooms[dice.below(3)];
            match dice.below(4) {
                0 => room.say(ANA, &format!("live {n}")),
                1 => room.say(ME, "own"),
                2 => plan.wait_for(room.log.room(), room.log.head()),
                _ => {
                    step(&mut plan, &rooms, &mut dice, &mut sent);
                }
            }
        }
        while step(&mut plan, &rooms, &mut dice, &mut sent) {}
        let mut decoder = papo_proto::frame::FrameDecoder::new(1 << 20);
        let (mut input, mut seen) = (&sent[..], vec![Vec::new(); 3]);
        while let Some(papo_proto::Cut::Frame(frame)) = decoder.next(&mut input).expect("whole frames") {
            let frame = String::from_utf8_lossy(frame);
            let Some((_, rest)) = frame.split_once(r#""room":"#) else { continue };
            let room: usize = rest[..1].parse().expect("a room");
            let (_, seq) = frame.split_once(r#""seq":"#).expect("an event");
            seen[room - 1].push(seq.split(',').next().and_then(|seq| seq.parse::<u64>().ok()).expect("a seq"));
        }
        for (at, room) in rooms.iter().enumerate() {
            let after = if at > 0 { at as u64 } else { 4 };
            let others = room.happened.iter().filter(|(_, who, seq)| *who != ME && seq.0 > after);
            assert_eq!(seen[at], others.map(|(_, _, seq)| seq.0).collect::<Vec<_>>(), "room {at}, seed {seed}");
        }
        assert_eq!((plan.unsent(), plan.queue.capacity()), (0, 0));
    }
}
