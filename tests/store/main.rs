//! The store, one suite on both engines, and what only one of them can suffer.
#![cfg(test)]

/// Runs each test on SQLite and on PostgreSQL.
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* $name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            $(#[$attribute])*
            async fn $name() {
                super::$name(crate::ground::Ground::sqlite()).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            $(#[$attribute])*
            async fn $name() {
                super::$name(crate::ground::Ground::postgres()).await;
            })*
        }
    };
}

mod conversations;
mod crash;
mod ground;
mod hour;
mod journal;
mod office;
#[path = "../support/postgres.rs"]
mod postgres;
mod repositories;
mod seekers;
mod trouble;
