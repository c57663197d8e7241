//! 心桥: a call and chat switch for 24-hour psychological hotlines.
//!
//! People who reach out wait in queues that tell the truth, are offered to the counselor
//! who fits, talk, and are not lost: not by a crash, a full queue, an empty roster or a
//! browser that sleeps.
//!
//! # The map
//!
//! ```text
//!          lobby ──┐   Input                Effect ┌── store   (journal before effect)
//!           desk ──┼──────────▶ switchboard ───────┼── live    (fan-out)
//!   office · web ──┘         (one owner: app)      └── lobby / desk (frames)
//! ```
//!
//! | room | owns |
//! |---|---|
//! | `ids` `clock` `dice` `veil` `seal` | newtyped ids; the only clock; the only randomness; what cannot be printed; what cannot be read |
//! | `switchboard` | the pure machine: who waits, who is offered to whom, and why |
//! | `store` | the truth in SQL: state rows, journal, messages, accounts; the only room that names sqlx |
//! | `live` | who is connected where, and what they are told; rate limits |
//! | `door` | what every door shares: faults over HTTP, origins, one bounded socket |
//! | `accounts` | sign-in, sessions, roles, second factors |
//! | `lobby` | the seeker's door |
//! | `desk` | the counselor's and supervisor's door |
//! | `media` | voice: RTP legs, prompts, who hears whom, keys pressed; one thread of its own |
//! | `sip` | the telephone: trunks, calls and what becomes of them; the only room that names the SIP stack |
//! | `office` | the administrator's door: lines, skills, counselors, accounts, canned replies; what is saved works at once |
//! | `web` | routes, OpenAPI, the embedded console |
//! | `meter` | log, figures, health |
//! | `config` | one section per room, each key with its default, unit and why |
//! | `app` | the only room that knows all others: build, pump, shutdown |
//! | `cli` | what can be typed |
//! | `wire_client` `simulate` `bench` | the other end of the wire: synthetic people, and measures |
//!
//! # Direction
//!
//! `ids clock dice veil` ← `switchboard` ← the adapters ← `app` ← `cli`. Doors never name
//! each other. A room receives its own section of the configuration. `tests/tidy` reads the
//! sources and keeps this law, sizes and the glossary.
//!
//! # Invariants
//!
//! - A contact is in exactly one place: queue, offer, talk, wrap-up, closed.
//! - Every wait has a timer, and every timer a reason.
//! - Same inputs, same effects: a replayed day is byte-equal.
//! - What matters is on disk before it is done.
//! - Every queue, map and retry has a limit in the configuration.
//! - No text a seeker wrote and no number they called from reaches a log, a metric or a file name.
//! - A higher risk never waits behind a lower one longer than the starvation bound says, and
//!   nobody waits for ever.
//!
//! Why things are as they are stands in [`decisions`].

pub mod accounts;
pub mod app;
pub mod bench;
pub mod cli;
pub mod clock;
pub mod config;
#[doc = include_str!("decisions.md")]
pub mod decisions {}
pub mod desk;
pub mod dice;
pub mod door;
pub mod ids;
pub mod live;
pub mod lobby;
pub mod media;
pub mod meter;
pub mod office;
pub mod seal;
pub mod simulate;
pub mod sip;
pub mod store;
pub mod switchboard;
pub mod veil;
pub mod web;
pub mod wire_client;
