//! Roles as data: which permissions a role has. Seeded by a migration.

use super::error::StoreError;
use super::sql::{Door, Pool, Statement};
use std::collections::BTreeMap;

/// A role and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// `counselor`, `supervisor`, `administrator`, `auditor`.
    pub code: String,
    pub name_zh: String,
    pub name_en: String,
    /// Words like `contacts.take`, sorted; the migration has them all.
    pub permissions: Vec<String>,
}

impl Role {
    /// Whether the role allows it.
    #[must_use]
    pub fn allows(&self, permission: &str) -> bool {
        self.permissions.iter().any(|held| held == permission)
    }
}

/// The roles.
#[derive(Clone)]
pub struct Roles {
    pool: Pool,
}

impl Roles {
    pub(crate) const fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// All roles, by code; read once at start.
    ///
    /// # Errors
    /// Trouble of the database, or a row that fits no state.
    pub async fn list(&self) -> Result<Vec<Role>, StoreError> {
        let roles = Statement::new("SELECT role, name_zh, name_en FROM roles ORDER BY role", []);
        let permissions = Statement::new(
            "SELECT role, permission FROM role_permissions ORDER BY role, permission",
            [],
        );
        let mut permissions_by_role: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in &self.pool.read("roles.list", permissions).await? {
            let door = Door { row, table: "role_permissions", key: "role" };
            let held = permissions_by_role.entry(door.text("role")?).or_default();
            held.push(door.text("permission")?);
        }
        let mut list = Vec::new();
        for row in &self.pool.read("roles.list", roles).await? {
            let door = Door { row, table: "roles", key: "role" };
            let code = door.text("role")?;
            let permissions = permissions_by_role.remove(&code).unwrap_or_default();
            let (name_zh, name_en) = (door.text("name_zh")?, door.text("name_en")?);
            list.push(Role { code, name_zh, name_en, permissions });
        }
        Ok(list)
    }
}
