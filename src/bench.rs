//! `xinqiao bench`: measured figures, each beside its neighbour on this machine.
//!
//! One JSON object a line. A figure that means something only beside another
//! (the disk's fsync rate, a bare insert, the smallest possible server) carries that
//! one and the ratio in its detail. The names are part of the wire contract and stay.
//! A group of measures is made in one go, because setting the scene costs more than
//! measuring; asking for any name of a group runs the group and prints what was asked.

pub mod calls;
pub mod chat;
pub mod chat_faults;
pub mod cluster;
pub mod disk;
pub mod history;
pub mod house;
pub mod idle;
pub mod load;
pub mod media;
pub mod process;
pub mod process_figures;
pub mod scene;
pub mod shape;
pub mod stand;
pub mod stopwatch;
pub mod store;
pub mod storm;
pub mod switchboard;

use serde::Serialize;
use serde_json::json;
use std::io::Write;

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Measure {
    pub name: &'static str,
    pub value: f64,
    pub unit: &'static str,
    pub detail: serde_json::Value,
}

/// Takes figures as they are made.
pub type Emit<'a> = &'a mut dyn FnMut(Measure);

/// Figures that are made in one go.
pub struct Group {
    pub names: &'static [&'static str],
    pub run: fn(Emit<'_>) -> anyhow::Result<()>,
}

/// Every group, in the order they run.
const GROUPS: &[Group] = &[
    switchboard::ASSIGN,
    process_figures::PROCESS,
    store::STORE,
    chat::SQLITE,
    chat::POSTGRES,
    chat_faults::LOCKED_3S,
    chat_faults::POSTGRES_KILLED,
    storm::STORM,
    idle::IDLE,
    media::MEDIA,
    calls::CALLS,
    process_figures::WIDGET,
];

/// Runs what was asked for by name or by the beginning of a name (`chat.`); all when
/// nothing was named. A figure that could not be made prints an `error` in its place.
/// True when every figure was made.
pub fn run(wanted: &[String], out: &mut dyn Write) -> anyhow::Result<bool> {
    // A whole name asks for itself alone, though another begins with it.
    let is_name = |want: &str| GROUPS.iter().any(|group| group.names.contains(&want));
    let asks = |want: &String, name: &str| {
        if is_name(want) { name == want } else { name.starts_with(&**want) }
    };
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|want| asks(want, name));
    let unknown = |want: &&String| {
        !GROUPS.iter().flat_map(|group| group.names).any(|name| name.starts_with(&***want))
    };
    if let Some(want) = wanted.iter().find(unknown) {
        anyhow::bail!("no measure is called {want}; there are {}", list().join(" "));
    }
    let mut whole = true;
    for group in GROUPS {
        let names: Vec<_> = group.names.iter().copied().filter(|name| asked(name)).collect();
        if !names.is_empty() {
            whole &= run_group(group, &names, out)?;
        }
    }
    Ok(whole)
}

/// The names of all figures.
pub fn list() -> Vec<&'static str> {
    GROUPS.iter().flat_map(|group| group.names).copied().collect()
}

fn run_group(group: &Group, names: &[&'static str], out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut missing = names.to_vec();
    let mut written = Ok(());
    let made = (group.run)(&mut |measure| {
        if missing.contains(&measure.name) {
            missing.retain(|name| *name != measure.name);
            let line = json!(measure).to_string();
            if written.is_ok() {
                written = writeln!(out, "{line}").and_then(|()| out.flush());
            }
        }
    });
    written?;
    let error = made.err().map_or_else(|| "not measured".to_owned(), |error| format!("{error:#}"));
    for name in &missing {
        writeln!(out, "{}", json!({ "name": name, "error": error }))?;
    }
    Ok(missing.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_was_not_made_says_so_in_its_place() {
        let group = Group {
            names: &["a.one", "a.two"],
            run: |emit| {
                emit(Measure { name: "a.one", value: 1.0, unit: "1/s", detail: json!({}) });
                anyhow::bail!("no database here")
            },
        };
        let mut out = Vec::new();
        let whole = run_group(&group, &["a.one", "a.two"], &mut out).expect("written");
        let text = String::from_utf8(out).expect("utf-8");
        assert!(!whole);
        assert!(text.contains(r#""value":1.0"#), "{text}");
        assert!(text.contains(r#"{"error":"no database here","name":"a.two"}"#), "{text}");
    }
}
