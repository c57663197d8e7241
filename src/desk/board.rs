//! The live board's subscription.

use super::session::Visit;
use super::words::No;
use crate::accounts::Permission;

impl Visit {
    pub(super) fn subscribe(&self, topic: &str, watches: bool) {
        if topic != "queue_health" {
            return self.refuse(No::UnknownTopic, None, None);
        }
        match self.need(Permission::WatchQueue) {
            Ok(()) => self.desk.hub.watch_queue(self.who.account, self.seat, watches),
            Err(no) => self.refuse(no, None, None),
        }
    }
}
