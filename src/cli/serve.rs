//! `xinqiao serve`.

use super::Given;
use crate::clock::Clock;
use crate::config::Flag;
use crate::{app, meter};
use anyhow::Context;
use clap::Args;
use std::io::Write;
use toml::Value;

/// What `serve` can be told.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    pub given: Given,
    /// A house to look around in: demo lines and accounts, never beside real people [demo.enabled]
    #[arg(long)]
    pub demo: bool,
    /// Telephones of more demo counselors, `{n}` counting from 0: `sip:agent{n}@HOST:PORT` [demo.phones]
    #[arg(long, value_name = "ADDRESS", requires = "demo")]
    pub demo_phones: Option<String>,
    /// How many of them [demo.phone_counselors]
    #[arg(long, value_name = "N", requires = "demo_phones")]
    pub demo_counselors: Option<u16>,
    /// Where telephone calls arrive, over UDP and TCP [sip.listen]
    #[arg(long, value_name = "ADDR:PORT")]
    pub sip: Option<String>,
}

/// Serves until told to stop. True after an orderly drain.
///
/// # Errors
///
/// The configuration, the store or the address; each names itself.
pub fn run(options: &Options, out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut flags = Vec::new();
    if options.demo {
        let key = ("demo", "enabled");
        flags.push(Flag { name: "--demo", key, value: Value::Boolean(true) });
    }
    if let Some(listen) = &options.sip {
        let key = ("sip", "listen");
        flags.push(Flag { name: "--sip", key, value: Value::String(listen.clone()) });
    }
    if let Some(phones) = &options.demo_phones {
        let value = Value::String(phones.clone());
        flags.push(Flag { name: "--demo-phones", key: ("demo", "phones"), value });
    }
    if let Some(count) = options.demo_counselors {
        let value = Value::Integer(i64::from(count));
        flags.push(Flag { name: "--demo-counselors", key: ("demo", "phone_counselors"), value });
    }
    let config = options.given.load_with(flags)?;
    meter::start_log(&config.log, Clock::system())?;
    let figures = meter::start_figures()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("start the runtime")?;
    runtime.block_on(app::serve::serve(config, Some(figures), out))?;
    Ok(true)
}
