//! How much of the audit log is kept, the same in all stores: so many entries of each room, reports apart,
//! and a bound over all.

use papo_proto::limits::{AUDIT_KEPT, AUDIT_KEPT_PER_ROOM, REPORTS_KEPT_PER_ROOM};
use papo_proto::words::people::AuditRecord;

/// So many entries more than [`AUDIT_KEPT`] are there before they go together.
const SLACK: usize = 1024;

/// How many entries like this one its room has at most. Of the whole server's, which only those write who run it,
/// there is no bound but the one over all.
pub(crate) fn most_like(act: &AuditRecord) -> usize {
    match act.room {
        None => usize::MAX,
        Some(_) if act.is_report() => REPORTS_KEPT_PER_ROOM,
        Some(_) => AUDIT_KEPT_PER_ROOM,
    }
}

/// Whether so many entries of all rooms are too many.
pub(crate) fn is_over(total: usize) -> bool {
    total >= AUDIT_KEPT + SLACK
}

/// How many entries each room keeps when there are too many of all: a room with few of them keeps what it has,
/// however much is done elsewhere.
pub(crate) fn share(mut sizes: Vec<usize>) -> usize {
    sizes.sort_unstable();
    let mut left = AUDIT_KEPT;
    for (at, size) in sizes.iter().enumerate() {
        let share = left / (sizes.len() - at);
        if *size > share {
            return share;
        }
        left -= size;
    }
    usize::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_with_few_entries_keep_them() {
        assert_eq!(share(vec![]), usize::MAX);
        assert_eq!(share(vec![5, AUDIT_KEPT - 5]), usize::MAX);
        assert_eq!(share(vec![AUDIT_KEPT + 9]), AUDIT_KEPT);
        assert_eq!(share(vec![AUDIT_KEPT, 10, AUDIT_KEPT]), (AUDIT_KEPT - 10) / 2);
    }
}
