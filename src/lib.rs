//! 心桥: a call and chat switch for 24-hour psychological hotlines.

pub mod bench;
pub mod cli;
pub mod clock;
pub mod config;
pub mod desk;
pub mod dice;
pub mod ids;
pub mod lobby;
pub mod meter;
pub mod simulate;
pub mod store;
pub mod switchboard;
pub mod veil;
pub mod wire_client;
