//! What the person who started the evening reads: progress, and what happened.

use super::Options;
use super::ledger::{Audit, Ledger};
use super::people::Gravity;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::time::Duration;

/// Writes to where the command was told.
pub struct Report<'a> {
    options: &'a Options,
    seed: u64,
    out: &'a mut dyn Write,
}

impl<'a> Report<'a> {
    pub fn new(options: &'a Options, seed: u64, out: &'a mut dyn Write) -> Self {
        Self { options, seed, out }
    }

    pub fn opening(&mut self) -> io::Result<()> {
        let Options { seekers, hours, speed, counselors, url, json, .. } = self.options;
        if *json {
            return Ok(());
        }
        let lasts_s = hours * 3600.0 / speed;
        writeln!(
            self.out,
            "{seekers} synthetic seekers within {hours} h at {speed}x (arrivals take {lasts_s:.0} s), \
             {counselors} synthetic counselors, {url}, seed {}",
            self.seed
        )?;
        self.out.flush()
    }

    pub fn progress(&mut self, ledger: &Ledger, passed: Duration) -> io::Result<()> {
        if self.options.json {
            return Ok(());
        }
        let Audit { arrived, answered, abandoned, waiting, talking, .. } = ledger.audit();
        let counts = &ledger.counts;
        let minutes = u64::from(self.options.from_hour) * 60 + passed.as_secs() / 60;
        writeln!(
            self.out,
            "{:02}:{:02}  arrived {arrived}  waiting {waiting}  talking {talking}  answered {answered}  \
             abandoned {abandoned}  messages {} sent {} acked {} received  reconnects {}",
            minutes / 60 % 24,
            minutes % 60,
            counts.sent,
            counts.acked,
            counts.received,
            counts.reconnects,
        )?;
        self.out.flush()
    }

    /// Says what happened; true when nothing was lost.
    pub fn closing(&mut self, ledger: &Ledger, took_ms: i64) -> anyhow::Result<bool> {
        let audit = ledger.audit();
        if self.options.json {
            writeln!(self.out, "{}", self.as_json(ledger, &audit, took_ms))?;
        } else {
            self.as_prose(ledger, &audit, took_ms)?;
        }
        self.out.flush()?;
        Ok(audit.clean())
    }

    fn as_prose(&mut self, ledger: &Ledger, audit: &Audit, took_ms: i64) -> io::Result<()> {
        let counts = &ledger.counts;
        writeln!(self.out, "\nThe evening took {} s.", took_ms / 1000)?;
        writeln!(
            self.out,
            "  arrived {}  answered {}  abandoned {}  turned away {}",
            audit.arrived, audit.answered, audit.abandoned, counts.turned_away
        )?;
        for gravity in Gravity::ALL {
            let waits = ledger.waits(gravity);
            if !waits.is_empty() {
                writeln!(
                    self.out,
                    "  wait of the {} answered with {} risk, in the hotline's time: p50 {}  p90 {}  max {}",
                    waits.len(),
                    gravity.name(),
                    clock_face(quantile(&waits, 0.5)),
                    clock_face(quantile(&waits, 0.9)),
                    clock_face(quantile(&waits, 1.0)),
                )?;
            }
        }
        writeln!(
            self.out,
            "  messages {} sent, {} acked, {} received; {} refused and sent again; notes {}",
            counts.sent, counts.acked, counts.received, counts.refused, counts.notes
        )?;
        writeln!(
            self.out,
            "  offers {} ({} left ringing)  reconnects {}",
            counts.offers, counts.offers_missed, counts.reconnects
        )?;
        for (reason, count) in ledger.endings() {
            writeln!(self.out, "  ended {reason}: {count}")?;
        }
        for (what, count) in &counts.troubles {
            writeln!(self.out, "  trouble {what}: {count}")?;
        }
        writeln!(
            self.out,
            "  duplicates {}  gaps {}  lost: {} ({} messages, {} contacts)",
            audit.doubles,
            audit.gaps,
            audit.lost(),
            audit.lost_messages,
            audit.lost_contacts
        )
    }

    fn as_json(&self, ledger: &Ledger, audit: &Audit, took_ms: i64) -> Value {
        let counts = &ledger.counts;
        let waits: serde_json::Map<String, Value> = Gravity::ALL
            .into_iter()
            .map(|gravity| {
                let waits = ledger.waits(gravity);
                let ms = |share| u64::try_from(quantile(&waits, share).as_millis()).unwrap_or(u64::MAX);
                let body = json!({ "count": waits.len(), "p50_ms": ms(0.5), "p90_ms": ms(0.9), "max_ms": ms(1.0) });
                (gravity.name().to_owned(), body)
            })
            .collect();
        json!({
            "seed": self.seed, "took_ms": took_ms, "speed": self.options.speed,
            "arrived": audit.arrived, "answered": audit.answered, "abandoned": audit.abandoned,
            "turned_away": counts.turned_away, "waits_by_risk_hotline_time": waits,
            "messages_sent": counts.sent, "messages_acked": counts.acked,
            "messages_received": counts.received, "messages_refused": counts.refused,
            "notes": counts.notes, "offers": counts.offers, "offers_missed": counts.offers_missed,
            "reconnects": counts.reconnects, "endings": ledger.endings(),
            "troubles": counts.troubles, "duplicates": audit.doubles, "gaps": audit.gaps,
            "lost": audit.lost(), "lost_messages": audit.lost_messages, "lost_contacts": audit.lost_contacts,
        })
    }
}

/// The value that `share` of the sorted `waits` do not exceed.
fn quantile(waits: &[Duration], share: f64) -> Duration {
    let count = u32::try_from(waits.len()).unwrap_or(u32::MAX);
    let within = |index: &u32| f64::from(*index) + 1.0 >= share * f64::from(count);
    let index = (0..count).find(within).unwrap_or(0);
    usize::try_from(index).ok().and_then(|index| waits.get(index)).copied().unwrap_or_default()
}

/// Minutes and seconds.
fn clock_face(wait: Duration) -> String {
    format!("{}:{:02}", wait.as_secs() / 60, wait.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_waits() {
        let waits: Vec<_> = (1..=10).map(Duration::from_secs).collect();
        assert_eq!(quantile(&waits, 0.5), Duration::from_secs(5));
        assert_eq!(quantile(&waits, 0.9), Duration::from_secs(9));
        assert_eq!(quantile(&waits, 1.0), Duration::from_secs(10));
        assert_eq!(quantile(&[], 0.5), Duration::ZERO);
    }
}
