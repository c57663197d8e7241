//! What goes wrong at night: the process dies, the disk fills, the database stops, the network is
//! cut, descriptors run out. Nothing acked is lost, nothing is doubled, and nothing private leaks.
//!
//! The history is the clients' own; the server is never asked whether it did well.
//! `XINQIAO_KILLS=500` makes the kill tests as long as somebody wants; the default is fifty.

#![cfg(test)]

#[expect(dead_code, reason = "each suite uses its own part")]
#[path = "../support/house.rs"]
mod house;
#[expect(dead_code, reason = "each suite uses its own part")]
#[path = "../support/people.rs"]
mod people;
#[path = "../support/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "each suite uses its own part")]
#[path = "../support/wire.rs"]
mod wire;

mod crash;
mod descriptors;
mod disk;
mod load;
mod network;
mod privacy;
mod proxy;
