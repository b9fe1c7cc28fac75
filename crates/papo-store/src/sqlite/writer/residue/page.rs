//! The unused parts of a page (SQLite's file format, 1.6).

use std::ops::Range;

/// The first byte of a leaf of a table: the pages that hold what people said. No other page can begin
/// with it: an overflow page and one of the list of free pages begin with the number of a page, and
/// that would be one beyond 800 GiB; those that point back begin with a byte up to 5.
const LEAF: u8 = 0x0D;
/// The head of a leaf, before the places of its rows.
const HEAD_BYTES: usize = 8;
/// The head of a free block: the place of the next one, and its size.
const FREE_HEAD_BYTES: usize = 4;

/// The page without what is left in its unused parts; none when there is nothing.
pub(super) fn cleaned(page: &[u8]) -> Option<Vec<u8>> {
    let unused = unused(page)?;
    let is_left = |range: &Range<usize>| page[range.clone()].iter().any(|byte| *byte != 0);
    if !unused.iter().any(is_left) {
        return None;
    }
    let mut cleaned = page.to_vec();
    for range in unused {
        cleaned[range].fill(0);
    }
    Some(cleaned)
}

/// Where no row is; none for another kind of page, or one that is not as it must be.
fn unused(page: &[u8]) -> Option<Vec<Range<usize>>> {
    if *page.first()? != LEAF {
        return None;
    }
    let (mut free, rows) = (number(page, 1)?, number(page, 3)?);
    // 0 stands for 65536, which no page of ours has.
    let content = number(page, 5)?;
    let places = HEAD_BYTES + 2 * rows;
    if places > content || content > page.len() {
        return None;
    }
    for row in 0..rows {
        if number(page, HEAD_BYTES + 2 * row)? < content {
            return None;
        }
    }
    let (mut unused, mut last_end) = (Vec::new(), content);
    unused.push(places..content);
    while free != 0 {
        let (next, size) = (number(page, free)?, number(page, free + 2)?);
        if free < last_end || size < FREE_HEAD_BYTES || free + size > page.len() {
            return None;
        }
        unused.push(free + FREE_HEAD_BYTES..free + size);
        last_end = free + size;
        free = next;
    }
    Some(unused)
}

/// A number of two bytes.
fn number(page: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes(page.get(at..at + 2)?.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small page: two rows at 40 and 56, a free block of 8 bytes at 48, everything unused filled.
    fn page() -> Vec<u8> {
        let mut page = vec![0xEE; 64];
        page[..12].copy_from_slice(&[LEAF, 0, 48, 0, 2, 0, 40, 0, 0, 40, 0, 56]);
        page[48..52].copy_from_slice(&[0, 0, 0, 8]);
        page
    }

    #[test]
    fn what_is_unused_is_overwritten_and_nothing_else() {
        let cleaned = cleaned(&page()).expect("there is something");
        for (at, (before, after)) in page().iter().zip(&cleaned).enumerate() {
            let is_unused = (12..40).contains(&at) || (52..56).contains(&at);
            assert_eq!(*after, if is_unused { 0 } else { *before }, "byte {at}");
        }
        assert_eq!(super::cleaned(&cleaned), None, "once is enough");
    }

    #[test]
    fn a_page_that_is_not_understood_is_left_alone() {
        type Change = fn(&mut Vec<u8>);
        let changes: [Change; 7] = [
            |page| page[0] = 0x05,
            |page| page.truncate(0),
            |page| page[3] = 1,
            |page| page[6] = 65,
            |page| page[9] = 39,
            |page| page[51] = 40,
            |page| page[49] = 48,
        ];
        for (at, change) in changes.iter().enumerate() {
            let mut page = page();
            change(&mut page);
            assert_eq!(cleaned(&page), None, "{at}");
        }
    }
}
