//! The figures of `GET /metrics`: every name, its unit and its labels in one place.
//!
//! Labels are few and known beforehand (a line, a risk, a reason): never an id, an
//! address or a text, because a figure per person would be a record of a person,
//! and because every label value costs memory for ever.

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

/// Contacts in one place of a line: `waiting`, `offered`, `talking`, `wrap_up`.
pub fn set_contacts(line: &str, place: &'static str, count: u32) {
    gauge!("xinqiao_contacts", "line" => line.to_owned(), "place" => place).set(f64::from(count));
}

/// The longest wait of a line at one risk, now.
pub fn set_longest_wait_s(line: &str, risk: &'static str, wait_s: u32) {
    gauge!("xinqiao_longest_wait_seconds", "line" => line.to_owned(), "risk" => risk)
        .set(f64::from(wait_s));
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

/// Resident memory of the process, as the kernel counts it now.
pub fn set_resident_bytes() {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return };
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u32>().ok());
    if let Some(kib) = kib {
        gauge!("process_resident_memory_bytes").set(f64::from(kib) * 1_024.0);
    }
}

/// A contact was refused, by the stable code of the problem.
pub fn count_refused(code: &'static str) {
    counter!("xinqiao_contacts_refused_total", "code" => code).increment(1);
}

/// Of the telephone, one more or one less is open: `calls`, or `legs` of voice they hold.
pub fn change_open(what: &'static str, is_more: bool) {
    gauge!("xinqiao_telephone_open", "what" => what).increment(if is_more { 1.0 } else { -1.0 });
}

/// Dialogs the SIP stack holds.
pub fn set_dialogs(count: u32) {
    gauge!("xinqiao_telephone_open", "what" => "dialogs").set(f64::from(count));
}

/// A call arrived, and its number is `real`, `forwarded` or `withheld`.
pub fn count_caller(standing: &'static str) {
    counter!("xinqiao_calls_total", "number" => standing).increment(1);
}

/// A call was refused with this status; 503 by the door itself counts as `overload`.
pub fn count_call_refused(status: &str) {
    counter!("xinqiao_calls_refused_total", "status" => status.to_owned()).increment(1);
}

/// A source that is no trunk has sent something; each is counted once.
pub fn count_stranger() {
    counter!("xinqiao_telephone_strangers_total").increment(1);
}

/// One transaction is on disk, with so many messages in it.
pub fn batch_stored(messages: u64) {
    counter!("xinqiao_store_batches_total").increment(1);
    counter!("xinqiao_messages_stored_total").increment(messages);
}

/// Says what each figure means; shown as `# HELP`.
pub(super) fn describe() {
    describe_gauge!("xinqiao_contacts", "contacts by line and place, now");
    describe_gauge!(
        "xinqiao_longest_wait_seconds",
        Unit::Seconds,
        "longest wait by line and risk, now"
    );
    describe_gauge!("xinqiao_sockets", "open sockets by kind, now");
    describe_gauge!("xinqiao_store_queue", "messages and turns waiting for the writer, now");
    describe_gauge!("xinqiao_ready", "1 while contacts are taken and stored");
    describe_gauge!("process_resident_memory_bytes", Unit::Bytes, "resident memory");
    describe_counter!("xinqiao_contacts_refused_total", "contacts refused, by code");
    describe_gauge!("xinqiao_telephone_open", "calls, legs and dialogs open, now");
    describe_counter!("xinqiao_calls_total", "calls by what is known of the number");
    describe_counter!("xinqiao_calls_refused_total", "calls refused, by status");
    describe_counter!("xinqiao_telephone_strangers_total", "sources shut out, each once");
    describe_counter!("xinqiao_messages_stored_total", "messages on disk since the start");
    describe_counter!("xinqiao_store_batches_total", "transactions with messages since the start");
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics_exporter_prometheus::PrometheusBuilder;

    #[test]
    fn figures_are_rendered_with_their_help_and_labels() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            describe();
            set_contacts("12355", "waiting", 3);
            batch_stored(7);
        });
        let text = handle.render();
        assert!(text.contains("# HELP xinqiao_contacts contacts by line"), "{text}");
        assert!(text.contains(r#"xinqiao_contacts{line="12355",place="waiting"} 3"#), "{text}");
        assert!(text.contains("xinqiao_messages_stored_total 7"), "{text}");
    }
}
