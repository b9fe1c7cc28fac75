//! Which events a page holds.

use papo_proto::Seq;

use super::{Promise, commit, page, said, texts, with_rooms};
use crate::{Page, Span, Store};

pub(super) const PROMISES: &[Promise] =
    &[pages_are_cut_by_count, pages_are_cut_by_bytes, an_empty_room_has_no_ends, an_unknown_room_is_empty];

const FAR: u64 = u64::MAX;

fn pages_are_cut_by_count(store: &dyn Store) {
    with_rooms(store, &[1, 2, 3]);
    for text in ["a", "b", "c", "d", "e"] {
        // Neighbours on both sides, so that a page that runs over its room's end shows it.
        commit(store, &[said(1, "before"), said(2, text), said(3, "after")]);
    }
    for (span, limit, expected) in [
        (Span::After(Seq(0)), 2, &[1, 2][..]),
        (Span::After(Seq(2)), 2, &[3, 4]),
        (Span::After(Seq(4)), 10, &[5]),
        (Span::After(Seq(0)), 5, &[1, 2, 3, 4, 5]),
        (Span::After(Seq(0)), usize::MAX, &[1, 2, 3, 4, 5]),
        (Span::After(Seq(0)), 0, &[]),
        (Span::After(Seq(5)), 10, &[]),
        (Span::After(Seq(99)), 10, &[]),
        (Span::After(Seq(FAR)), 10, &[]),
        (Span::Before(Seq(FAR)), 2, &[4, 5]),
        (Span::Before(Seq(FAR)), usize::MAX, &[1, 2, 3, 4, 5]),
        (Span::Before(Seq(1 << 63)), 1, &[5]),
        (Span::Before(Seq(6)), 1, &[5]),
        (Span::Before(Seq(4)), 2, &[2, 3]),
        (Span::Before(Seq(3)), 10, &[1, 2]),
        (Span::Before(Seq(3)), 0, &[]),
        (Span::Before(Seq(1)), 10, &[]),
        (Span::Before(Seq(0)), 10, &[]),
    ] {
        let page = page(store, 2, span, limit, 1_000);
        let seqs: Vec<_> = page.events.iter().map(|event| event.seq.0).collect();
        assert_eq!(seqs, expected, "{span:?}, at most {limit}");
        assert_eq!((page.first, page.head), (Seq(1), Seq(5)), "the ends are told with every page");
        let of_others = |(_, text): &(u64, &str)| !"abcde".contains(text);
        assert!(!texts(&page.events).iter().any(of_others), "{span:?} keeps to its room");
    }
}

fn pages_are_cut_by_bytes(store: &dyn Store) {
    with_rooms(store, &[1]);
    for text in ["aaaa", "bbbb", "cccc"] {
        commit(store, &[said(1, text)]);
    }
    for (span, max_bytes, expected) in [
        (Span::After(Seq(0)), 8, &[(1, "aaaa"), (2, "bbbb")][..]),
        (Span::After(Seq(0)), 11, &[(1, "aaaa"), (2, "bbbb")]),
        (Span::After(Seq(0)), 12, &[(1, "aaaa"), (2, "bbbb"), (3, "cccc")]),
        (Span::After(Seq(1)), 1, &[(2, "bbbb")]),
        (Span::After(Seq(1)), 0, &[(2, "bbbb")]),
        (Span::Before(Seq(FAR)), 8, &[(2, "bbbb"), (3, "cccc")]),
        (Span::Before(Seq(FAR)), 1, &[(3, "cccc")]),
        (Span::Before(Seq(3)), 7, &[(2, "bbbb")]),
    ] {
        let page = page(store, 1, span, 10, max_bytes);
        assert_eq!(texts(&page.events), expected, "{span:?}, about {max_bytes} bytes");
    }
}

fn an_empty_room_has_no_ends(store: &dyn Store) {
    with_rooms(store, &[1]);
    assert_eq!(page(store, 1, Span::After(Seq(0)), 10, 1_000), Page::default());
    assert_eq!(page(store, 1, Span::Before(Seq(FAR)), 10, 1_000), Page::default());
}

fn an_unknown_room_is_empty(store: &dyn Store) {
    assert_eq!(page(store, 404, Span::After(Seq(0)), 10, 1_000), Page::default());
    assert_eq!(page(store, 404, Span::Before(Seq(FAR)), 10, 1_000), Page::default());
}
