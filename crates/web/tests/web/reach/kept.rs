//! All that is kept about Wilhelmina, to see that nobody else changed it.

use std::collections::BTreeMap;

use testkit::World;

/// Her rows, by the column that says whose a row is.
const HERS: [(&str, &str); 8] = [
    (
        "account_id",
        "SELECT id FROM accounts WHERE account_number = 1001",
    ),
    (
        "person_id",
        "SELECT id FROM persons WHERE member_id = '12345678902'",
    ),
    (
        "subscriber_id",
        "SELECT id FROM persons WHERE member_id = '12345678902'",
    ),
    ("member_id", "'12345678902'"),
    ("folded_user_id", "'wilhelmina.q'"),
    (
        "login_id",
        "SELECT id FROM logins WHERE folded_user_id = 'wilhelmina.q'",
    ),
    (
        "holder_id",
        "SELECT id FROM logins WHERE folded_user_id = 'wilhelmina.q'",
    ),
    (
        "session_hash",
        "SELECT token_hash FROM sessions JOIN logins ON logins.id = login_id \
         WHERE folded_user_id = 'wilhelmina.q'",
    ),
];
/// What whoever may look adds to: the trail of who looked, when a delegate last used a right, and
/// the names of due dates in calendars.
const LOOKING: [&str; 3] = ["audit_events.*", "delegations.used_at", "calendar_dates.*"];

/// What stands in each table.
pub type Kept = BTreeMap<String, Vec<String>>;

/// The questions that find out what is kept.
pub struct Keeper {
    hers: Vec<(String, &'static str)>,
    counts: Vec<(String, &'static str)>,
}

impl Keeper {
    /// Reads the schema, so that a table that comes later is looked at too.
    pub async fn new(world: &World) -> Keeper {
        let tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
        let (mut hers, mut counts) = (Vec::new(), Vec::new());
        for table in texts(world, tables).await {
            let columns = format!("SELECT name FROM pragma_table_info('{table}')");
            let columns = texts(world, leaked(columns)).await;
            let count = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}");
            counts.push((table.clone(), leaked(count)));
            hers.extend(her_rows(&table, &columns).map(|sql| (table, leaked(sql))));
        }
        assert!(hers.len() > 20, "most tables hold something of a member");
        Keeper { hers, counts }
    }

    /// All of her rows.
    pub async fn hers(&self, world: &World) -> Kept {
        answers(world, &self.hers).await
    }

    /// How many rows each table has.
    pub async fn counts(&self, world: &World) -> Kept {
        answers(world, &self.counts).await
    }
}

fn her_rows(table: &str, columns: &[String]) -> Option<String> {
    let compared = |column: &&String| {
        let names = [format!("{table}.*"), format!("{table}.{column}")];
        !LOOKING.iter().any(|name| names.iter().any(|n| n == name))
    };
    let read: Vec<String> = columns
        .iter()
        .filter(compared)
        .map(|column| format!("quote({column})"))
        .collect();
    let links: Vec<String> = HERS
        .iter()
        .filter(|(column, _)| columns.iter().any(|c| c == column))
        .map(|(column, whose)| format!("{column} IN ({whose})"))
        .collect();
    let is_hers = !read.is_empty() && !links.is_empty();
    is_hers.then(|| {
        let (read, links) = (read.join(" || ',' || "), links.join(" OR "));
        format!("SELECT {read} FROM {table} WHERE {links} ORDER BY 1")
    })
}

async fn answers(world: &World, questions: &[(String, &'static str)]) -> Kept {
    let mut kept = Kept::new();
    for (table, sql) in questions {
        kept.insert(table.clone(), texts(world, sql).await);
    }
    kept
}

/// Statements are written in advance everywhere else; here the schema writes them.
fn leaked(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}

async fn texts(world: &World, sql: &'static str) -> Vec<String> {
    let mut tx = world.ctx.store.read().await.expect("a database");
    let rows = tx.all(sql, vec![]).await.expect("an answer");
    rows.into_iter()
        .map(|mut row| row.read().expect("it is text"))
        .collect()
}
