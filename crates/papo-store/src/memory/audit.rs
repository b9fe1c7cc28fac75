//! What was done, room by room.

use std::collections::{BTreeMap, VecDeque};

use papo_proto::RoomId;
use papo_proto::limits::AUDIT_KEPT;
use papo_proto::words::people::AuditRecord;

use crate::audit::{is_over, most_like, share};

#[derive(Debug, Default)]
pub(super) struct Audit {
    /// Each entry with its number, oldest first.
    rooms: BTreeMap<Option<RoomId>, Done>,
    newest: u64,
    total: usize,
}

#[derive(Debug, Default)]
struct Done {
    acts: VecDeque<(u64, AuditRecord)>,
    reports: VecDeque<(u64, AuditRecord)>,
}

impl Audit {
    pub(super) fn add(&mut self, act: &AuditRecord) {
        self.newest += 1;
        let done = self.rooms.entry(act.room).or_default();
        let alike = if act.is_report() { &mut done.reports } else { &mut done.acts };
        if alike.len() == most_like(act) {
            alike.pop_front();
            self.total -= 1;
        }
        alike.push_back((self.newest, act.clone()));
        self.total += 1;
        if is_over(self.total) {
            self.trim();
        }
    }

    fn trim(&mut self) {
        let share = share(self.rooms.values().map(Done::len).collect());
        for done in self.rooms.values_mut() {
            while done.len() > share {
                done.forget_oldest();
                self.total -= 1;
            }
        }
    }

    /// The newest entries, of a room or of all, in the order in which they were made.
    pub(super) fn newest(&self, room: Option<RoomId>, limit: usize) -> Vec<AuditRecord> {
        let mut found: Vec<&(u64, AuditRecord)> = match room {
            Some(_) => self.rooms.get(&room).into_iter().flat_map(Done::all).collect(),
            None => self.rooms.values().flat_map(Done::all).collect(),
        };
        found.sort_unstable_by_key(|(number, _)| *number);
        let first = found.len().saturating_sub(limit.min(AUDIT_KEPT));
        found[first..].iter().map(|(_, act)| act.clone()).collect()
    }
}

impl Done {
    fn len(&self) -> usize {
        self.acts.len() + self.reports.len()
    }

    fn all(&self) -> impl Iterator<Item = &(u64, AuditRecord)> {
        self.acts.iter().chain(&self.reports)
    }

    fn forget_oldest(&mut self) {
        let number = |entries: &VecDeque<(u64, AuditRecord)>| entries.front().map_or(u64::MAX, |(number, _)| *number);
        let older = if number(&self.acts) < number(&self.reports) { &mut self.acts } else { &mut self.reports };
        older.pop_front();
    }
}
