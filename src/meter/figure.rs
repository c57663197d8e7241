//! The figures of `GET /metrics`: every name, its unit and its labels in one place.
//!
//! Labels are few and known beforehand (a line, a risk, a reason): never an id, an
//! address or a text, because a figure per person would be a record of a person,
//! and because every label value costs memory for ever.

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

/// Bounds of the histograms in ms: a commit takes one to ten, an ack must stay under 100.
const BOUNDS_MS: [f64; 12] =
    [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 3_000.0, 10_000.0];

/// A recorder with our bounds for every figure that ends in `_ms`.
pub(super) fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_ms".to_owned()), &BOUNDS_MS)
}

/// Contacts in one place of a line: `waiting`, `offered`, `talking`, `wrap_up`.
pub fn set_contacts(line: &str, place: &'static str, count: u32) {
    gauge!("xinqiao_contacts", "line" => line.to_owned(), "place" => place).set(f64::from(count));
}

/// The longest wait of a line at one risk, now.
pub fn set_longest_wait_s(line: &str, risk: &'static str, wait_s: u32) {
    gauge!("xinqiao_longest_wait_seconds", "line" => line.to_owned(), "risk" => risk)
        .set(f64::from(wait_s));
}

/// Counselors in one presence.
pub fn set_counselors(presence: &'static str, count: u32) {
    gauge!("xinqiao_counselors", "presence" => presence).set(f64::from(count));
}

/// Open sockets: `seeker` or `console`.
pub fn set_sockets(kind: &'static str, count: u32) {
    gauge!("xinqiao_sockets", "kind" => kind).set(f64::from(count));
}

/// Messages and turns that wait for the writer.
pub fn set_store_queue(count: u32) {
    gauge!("xinqiao_store_queue").set(f64::from(count));
}

/// 1 while contacts are taken and stored, else 0.
pub fn set_ready(ready: bool) {
    gauge!("xinqiao_ready").set(f64::from(u8::from(ready)));
}

/// Resident memory of the process.
pub fn set_resident_bytes(bytes: f64) {
    gauge!("process_resident_memory_bytes").set(bytes);
}

/// A contact was refused, by the stable code of the problem.
pub fn count_refused(code: &'static str) {
    counter!("xinqiao_contacts_refused_total", "code" => code).increment(1);
}

/// A message is on disk, so many ms after its frame came in.
pub fn message_stored(took_ms: f64) {
    counter!("xinqiao_messages_stored_total").increment(1);
    histogram!("xinqiao_ack_ms").record(took_ms);
}

/// Says what each figure means; shown as `# HELP`.
pub(super) fn describe() {
    describe_gauge!("xinqiao_contacts", "contacts by line and place, now");
    describe_gauge!(
        "xinqiao_longest_wait_seconds",
        Unit::Seconds,
        "longest wait by line and risk, now"
    );
    describe_gauge!("xinqiao_counselors", "counselors by presence, now");
    describe_gauge!("xinqiao_sockets", "open sockets by kind, now");
    describe_gauge!("xinqiao_store_queue", "messages and turns waiting for the writer, now");
    describe_gauge!("xinqiao_ready", "1 while contacts are taken and stored");
    describe_gauge!("process_resident_memory_bytes", Unit::Bytes, "resident memory");
    describe_counter!("xinqiao_contacts_refused_total", "contacts refused, by code");
    describe_counter!("xinqiao_messages_stored_total", "messages on disk since the start");
    describe_histogram!("xinqiao_ack_ms", Unit::Milliseconds, "from a message's frame to its ack");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rendered_with_their_help_and_our_bounds() {
        let recorder = builder().unwrap().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            describe();
            set_contacts("12355", "waiting", 3);
            message_stored(4.0);
        });
        let text = handle.render();
        assert!(text.contains("# HELP xinqiao_contacts contacts by line"), "{text}");
        assert!(text.contains(r#"xinqiao_contacts{line="12355",place="waiting"} 3"#), "{text}");
        assert!(text.contains(r#"xinqiao_ack_ms_bucket{le="5"} 1"#), "{text}");
    }
}
