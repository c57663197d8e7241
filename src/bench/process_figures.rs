//! `process.*` and `widget.*`: how fast it is there, how little it takes, how light the widget is.

use super::chat::block_on;
use super::house::House;
use super::process::{Scratch, machine, memory_kib};
use super::stopwatch::{count, rounded};
use super::{Emit, Group, Measure};
use crate::wire_client::door::Caller;
use crate::wire_client::pause;
use anyhow::Context;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Starts, of which the median is told.
const STARTS: usize = 5;

pub const PROCESS: Group = Group {
    names: &["process.ready_ms", "process.idle_rss_mib"],
    run: |emit| block_on(process(emit)),
};

pub const WIDGET: Group =
    Group { names: &["widget.first_load_gz_bytes"], run: |emit| block_on(widget(emit)) };

async fn process(emit: Emit<'_>) -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let first = House::serve(scratch.path(), None)?;
    let first_ms = first.ready_ms;
    end(first);
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let house = House::serve(scratch.path(), None)?;
        starts.push(house.ready_ms);
        end(house);
    }
    starts.sort_by(f64::total_cmp);
    let median = starts.get(STARTS / 2).copied().unwrap_or(0.0);
    let detail = json!({
        "what": "from the start of the process to its ready line, on a database that exists; median of 5",
        "first_start_ms": rounded(first_ms, 1), "slowest_ms": starts.last().map(|ms| rounded(*ms, 1)),
        "machine": machine(),
    });
    emit(Measure { name: "process.ready_ms", value: rounded(median, 1), unit: "ms", detail });
    let house = House::serve(scratch.path(), None)?;
    pause(Duration::from_secs(3)).await;
    let (pss, rss) = memory_kib(house.process.id())?;
    let detail = json!({ "what": "3 s after ready, demonstration data, nobody there", "pss_mib": rounded(count(pss) / 1024.0, 1) });
    let value = rounded(count(rss) / 1024.0, 1);
    emit(Measure { name: "process.idle_rss_mib", value, unit: "MiB", detail });
    Ok(())
}

fn end(mut house: House) {
    house.process.end();
}

async fn widget(emit: Emit<'_>) -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let house = House::serve(scratch.path(), None)?;
    let mut caller = house.door.caller();
    let page = caller.read("/chat/12355").await.context("the widget's page")?;
    let mut parts = BTreeMap::new();
    parts.insert("/chat/12355".to_owned(), gzip_bytes(&page.body)?);
    let mut waiting = references(&String::from_utf8_lossy(&page.body));
    while let Some(path) = waiting.pop() {
        if parts.contains_key(&path) {
            continue;
        }
        let body = fetch(&mut caller, &path).await?;
        parts.insert(path.clone(), gzip_bytes(&body)?);
        // A script's static imports are part of the first load; what it imports later is not.
        waiting.extend(imports(&String::from_utf8_lossy(&body), &path));
    }
    let bytes: u64 = parts.values().sum();
    let detail = json!({ "what": "the page and every script and style it needs to draw, gzip -9", "parts": parts });
    emit(Measure {
        name: "widget.first_load_gz_bytes",
        value: count(bytes),
        unit: "bytes",
        detail,
    });
    Ok(())
}

async fn fetch(caller: &mut Caller, path: &str) -> anyhow::Result<bytes::Bytes> {
    Ok(caller.read(path).await.with_context(|| format!("the widget's {path}"))?.body)
}

/// `src` of scripts, `href` of styles and preloads.
fn references(page: &str) -> Vec<String> {
    let tags = page.split('<').filter(|tag| tag.starts_with("script") || tag.starts_with("link"));
    let wanted = tags.filter(|tag| {
        tag.starts_with("script") || tag.contains("stylesheet") || tag.contains("modulepreload")
    });
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    wanted
        .filter_map(|tag| value(tag, "src").or_else(|| value(tag, "href")))
        .filter(|path| path.starts_with('/'))
        .collect()
}

/// Paths after `from` and `import` in a built script.
fn imports(script: &str, path: &str) -> Vec<String> {
    if !path.split('?').next().unwrap_or_default().ends_with("js") {
        return Vec::new();
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    for keyword in ["from\"", "import\"", "from \"", "import \""] {
        for rest in script.split(keyword).skip(1) {
            let Some((target, _)) = rest.split_once('"') else { continue };
            if let Some(target) = target.strip_prefix("./") {
                found.push(format!("{folder}/{target}"));
            } else if target.starts_with('/') {
                found.push(target.to_owned());
            }
        }
    }
    found
}

/// Length after `gzip -9`, which every Debian has.
fn gzip_bytes(body: &[u8]) -> anyhow::Result<u64> {
    let mut gzip = Command::new("gzip")
        .args(["-9", "-c"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("start gzip")?;
    let body = body.to_vec();
    let mut input = gzip.stdin.take().context("gzip's input")?;
    let writing = std::thread::spawn(move || input.write_all(&body));
    let output = gzip.wait_with_output()?;
    writing.join().map_err(|_| anyhow::anyhow!("gzip's writer fell over"))??;
    Ok(u64::try_from(output.stdout.len())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_styles_and_preloads_are_found_and_icons_are_not() {
        let page = r#"<link rel="icon" href="/i.svg"><link rel="stylesheet" href="/a.css">
            <script type="module" src="/w.js"></script><link rel="modulepreload" href="/v.js">"#;
        assert_eq!(references(page), ["/a.css", "/w.js", "/v.js"]);
    }

    #[test]
    fn only_what_a_script_imports_at_once_counts() {
        let script = r#"import{a}from"./v.js";import"./s.js";const b=()=>import("./later.js");"#;
        assert_eq!(imports(script, "/assets/w.js"), ["/assets/v.js", "/assets/s.js"]);
    }
}
