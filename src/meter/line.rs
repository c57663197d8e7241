//! One log line: for eyes or as JSON, with printable fields only.
//!
//! A layer of our own, because the usual formatters print every field they are
//! given. Time is the process's [`Clock`]; spans are written `room.verb{field=value}`.

use super::field::is_printable;
use crate::clock::Clock;
use crate::config::Format;
use serde_json::{Map, Value};
use std::fmt::{Debug, Write as _};
use std::io::Write;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, Scope};

/// What stands in the place of a value that is not printed.
const VEILED: &str = "{veiled}";

/// Writes each event as one line to a writer made by `make`.
pub struct Lines<M> {
    format: Format,
    coloured: bool,
    clock: Clock,
    make: M,
}

impl<M> Lines<M> {
    /// Lines of `format`, dated by `clock`; pretty ones with a coloured level if wished.
    pub const fn new(format: Format, coloured: bool, clock: Clock, make: M) -> Self {
        Self { format, coloured, clock, make }
    }
}

/// The fields of one event or span, in the order they were given.
#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl FnOnce() -> Value) {
        let name = field.name();
        // Events that come through the `log` crate repeat their origin as fields.
        if name.starts_with("log.") {
            return;
        }
        let value = if is_printable(name) { value() } else { Value::from(VEILED) };
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, || Value::from(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, || Value::from(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, || Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, || Value::from(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, || Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, || Value::from(value));
    }
}

impl<S, M, W> Layer<S> for Lines<M>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    M: Fn() -> W + 'static,
    W: Write,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            record.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut spans = Vec::new();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            let extensions = span.extensions();
            let known = extensions.get::<Fields>().map_or_else(Vec::new, |own| own.0.clone());
            spans.push((span.name(), known));
        }
        let line = match self.format {
            Format::Json => self.json(event, fields, &spans),
            Format::Pretty => self.pretty(event, fields, &spans),
        };
        // A log that cannot be written has nobody to complain to.
        drop((self.make)().write_all(line.as_bytes()));
    }
}

type Spans = [(&'static str, Vec<(&'static str, Value)>)];

impl<M> Lines<M> {
    fn json(&self, event: &Event<'_>, fields: Fields, spans: &Spans) -> String {
        let mut object = Map::new();
        object.insert("at".to_owned(), self.clock.now().rfc3339().into());
        object.insert("level".to_owned(), event.metadata().level().as_str().into());
        object.insert("target".to_owned(), event.metadata().target().into());
        let names: Vec<&str> = spans.iter().map(|(name, _)| *name).collect();
        if !names.is_empty() {
            object.insert("span".to_owned(), names.join("/").into());
        }
        for (_, known) in spans {
            for (name, value) in known {
                object.insert((*name).to_owned(), value.clone());
            }
        }
        for (name, value) in fields.0 {
            object.insert(name.to_owned(), value);
        }
        let mut line = Value::Object(object).to_string();
        line.push('\n');
        line
    }

    fn pretty(&self, event: &Event<'_>, fields: Fields, spans: &Spans) -> String {
        let level = *event.metadata().level();
        let level = if self.coloured { coloured(level) } else { level.as_str() };
        let mut line = format!("{} {level:>5} ", self.clock.now().rfc3339());
        for (name, known) in spans {
            line.push_str(name);
            append_pairs(&mut line, known);
            line.push_str(": ");
        }
        let (message, others): (Vec<_>, Vec<_>) =
            fields.0.into_iter().partition(|(name, _)| *name == "message");
        for (_, value) in message {
            line.push_str(&plain(&value));
        }
        append_pairs(&mut line, &others);
        line.push('\n');
        line
    }
}

fn coloured(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31mERROR\x1b[0m",
        Level::WARN => "\x1b[33mWARN\x1b[0m",
        Level::INFO => "\x1b[32mINFO\x1b[0m",
        Level::DEBUG => "DEBUG",
        Level::TRACE => "TRACE",
    }
}

fn append_pairs(line: &mut String, pairs: &[(&'static str, Value)]) {
    for (name, value) in pairs {
        // Writing to a String cannot fail.
        let _ = write!(line, " {name}={}", plain(value));
    }
}

/// A value for eyes: control characters escaped, so that one event is one line.
fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.contains(char::is_control) { text.escape_debug().to_string() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::At;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::layer::SubscriberExt;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(format: Format, speak: impl FnOnce()) -> String {
        let page = Page::default();
        let copy = page.clone();
        let lines = Lines::new(format, false, Clock::by_hand(At(0)), move || copy.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), speak);
        let bytes = page.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_json_line_carries_its_spans_and_printable_fields() {
        let line = written(Format::Json, || {
            let span = tracing::info_span!("lobby.hello", contact.id = "c1");
            let _entered = span.enter();
            tracing::info!(wait_ms = 12, "lobby.resumed");
        });
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["at"], "1970-01-01T00:00:00.000Z");
        assert_eq!(value["span"], "lobby.hello");
        assert_eq!(value["contact.id"], "c1");
        assert_eq!(value["wait_ms"], 12);
        assert_eq!(value["message"], "lobby.resumed");
    }

    #[test]
    fn what_a_seeker_wrote_is_veiled_in_both_shapes() {
        for format in [Format::Json, Format::Pretty] {
            let line = written(format, || {
                let span = tracing::info_span!("lobby.message", text = "我不想活了");
                let _entered = span.enter();
                tracing::warn!(phone = 13_800_000_000_u64, token = ?"geheim", "lobby.odd");
            });
            assert!(line.contains("lobby.odd") && line.contains(VEILED), "{line}");
            for secret in ["不想活", "13800000000", "geheim"] {
                assert!(!line.contains(secret), "{line}");
            }
        }
    }

    #[test]
    fn an_event_is_one_line_whatever_it_holds() {
        let line = written(Format::Pretty, || {
            tracing::error!(error = "first\nsecond \x1b[2J", "store.write failed");
        });
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.contains("first\\nsecond"), "{line}");
    }
}
