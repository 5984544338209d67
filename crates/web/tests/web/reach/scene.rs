//! Wilhelmina, who has something of everything, and the addresses that are about her.

use std::collections::BTreeMap;
use std::sync::Arc;

use identity::{Right, Role};
use jiff::civil::date;
use kernel::{
    BankAccountNumber, BillingMonth, Cents, Channel, DocumentId, Email, Language, MethodId,
    RoutingNumber, Tender,
};
use testkit::{Maria, PASSWORD, ScriptedProcessor, World};
use usecases::autopay::{self, Choice, DraftDay, Shown};
use usecases::delegates::{self, Invitation};
use usecases::payments::{self, BankEntry, PayCommand};
use usecases::progress::Unwatched;
use usecases::{Actor, methods};

use crate::site::Browser;

/// What no page may say to anybody who may not see her account.
pub const HERS: [&str; 10] = [
    "Wilhelmina",
    "Quillfeather",
    "wilhelmina.q",
    "Peppercorn",
    "Zanesburg",
    "12345678902",
    "1234 567 8902",
    "1234&#x20;567&#x20;8902",
    "000001001",
    "8605557788",
];

/// Everybody of this story.
pub struct Scene {
    pub world: World,
    pub processor: Arc<ScriptedProcessor>,
    pub hers: Maria,
    member: Actor,
    /// A member who has nothing to do with her.
    pub others: Maria,
    /// What stands in an address, by the name that it has there.
    pub names: BTreeMap<&'static str, String>,
    /// Forms of hers that are half filled in, by the beginning of their address.
    errands: Vec<(&'static str, String)>,
    /// She, signed in.
    pub browser: Browser,
}

impl Scene {
    pub async fn new(mut world: World) -> Scene {
        let processor = Arc::new(ScriptedProcessor::default());
        world.ctx.gateway = processor.clone();
        let hers = testkit::maria(&world, 1).await;
        let others = testkit::maria(&world, 2).await;
        change(&world, RENAMED).await;
        testkit::covered(&world, &hers, date(2026, 12, 1), 10_000).await;
        let options = usecases::billing::RunOptions {
            partitions: 1,
            workers: 1,
            chunk: 10,
        };
        let month = BillingMonth::of(world.ctx.today());
        usecases::billing::run(&world.ctx, &Actor::Operator, month, options, &Unwatched)
            .await
            .expect("the month is invoiced");
        let member = testkit::registered(&world, &hers, "wilhelmina.q").await;
        testkit::registered(&world, &others, "other.maria").await;
        testkit::delegate(&world, (&hers, &member), Right::View, "sam.looks").await;
        testkit::delegate(&world, (&hers, &member), Right::Pay, "sam.pays").await;
        for role in Role::ALL {
            testkit::staff(&world, role).await;
        }
        let browser = Browser::new(&world);
        let mut scene = Scene {
            processor,
            hers,
            member,
            others,
            names: BTreeMap::new(),
            errands: Vec::new(),
            browser,
            world,
        };
        scene.has_something_of_everything().await;
        scene
    }

    async fn has_something_of_everything(&mut self) {
        let (ctx, account) = (self.world.ctx.clone(), self.hers.account);
        let waiting = self.saves_bank(testkit::ACCOUNT_WITH_AMOUNTS).await;
        let good = self.saves_bank(testkit::ACCOUNT_GOOD).await;
        let choice = Choice {
            method: good,
            day: DraftDay::DueDate,
            cap: None,
            agreed: None,
            start: BillingMonth::of(ctx.today()).plus(1),
        };
        let english = Language::English;
        let shown = autopay::proposal(&ctx, &self.member, account, &choice, english)
            .await
            .expect("the choice is sound");
        let words = Shown {
            language: english,
            version: &shown.version,
            user_agent: "test",
        };
        autopay::set_up(&ctx, &self.member, account, choice, words)
            .await
            .expect("it is set up");
        let payment = payments::take(&ctx, &self.member, paid(account))
            .await
            .expect("it is taken");
        let invitation = Invitation {
            name: "Ana Diaz".to_owned(),
            email: Email::parse("ana@example.com").expect("an address"),
            right: Right::View,
            last_day: None,
            language: english,
        };
        let delegation = delegates::invite(&ctx, &self.member, account, &invitation)
            .await
            .expect("a member may invite");
        self.browser = signed_in(&self.world, "wilhelmina.q").await;
        self.begins_forms(good).await;
        self.names = BTreeMap::from([
            ("account", account.to_string()),
            ("person", self.hers.person.to_string()),
            ("method", waiting.to_string()),
            ("payment", payment.to_string()),
            ("delegation", delegation.to_string()),
            ("invoice", self.id("SELECT id FROM invoices").await),
            ("document", self.id("SELECT id FROM documents").await),
            (
                "factor",
                self.id("SELECT id FROM factors WHERE holder_kind = 'member'")
                    .await,
            ),
            ("line", "individual".to_owned()),
            ("name", "app.css".to_owned()),
            ("year", "2026".to_owned()),
            (
                "token",
                "0123456789abcdef0123456789abcdef0123456789a".to_owned(),
            ),
            ("file", "01890a5d-ac96-774b-bcce-b302099a8057".to_owned()),
            ("item", "1".to_owned()),
            ("notice", "delivery-changed".to_owned()),
            ("staff", "01890a5d-ac96-774b-bcce-b302099a8057".to_owned()),
            ("drawer", "01890a5d-ac96-774b-bcce-b302099a8057".to_owned()),
            ("image", "01890a5d-ac96-774b-bcce-b302099a8057".to_owned()),
            ("errand", "01890a5d-ac96-774b-bcce-b302099a8057".to_owned()),
        ]);
    }

    async fn saves_bank(&self, number: &str) -> MethodId {
        let entry = BankEntry {
            routing: RoutingNumber::parse("110000000").expect("it is one"),
            number: BankAccountNumber::parse(number).expect("it is one"),
            savings: false,
            holder: "Somebody".to_owned(),
        };
        methods::add_bank(&self.world.ctx, &self.member, &entry, "test")
            .await
            .expect("it is taken")
            .method
    }

    /// Begins every kind of form, and leaves it half filled in.
    async fn begins_forms(&mut self, method: MethodId) {
        let account = self.hers.account;
        let saved = format!("saved-{method}");
        let pay = format!("/account/{account}/pay");
        let base = self.begins(&pay, &[("choice", "total")]).await;
        let chosen = [("method", saved.as_str())];
        self.browser.post(&format!("{base}/method"), &chosen).await;
        self.errands.push(("/account/{account}/pay/", base));
        let method = method.to_string();
        let autopay = [
            ("method", method.as_str()),
            ("day", "due"),
            ("cap", "none"),
            ("start", "2027-01"),
        ];
        let choose = format!("/account/{account}/autopay/choose");
        for (of, path, fields) in [
            ("/account/{account}/autopay/", choose.as_str(), &autopay[..]),
            ("/account/methods/card/", "/account/methods/card", &[]),
            ("/account/paperless/agree/", "/account/paperless/agree", &[]),
            (
                "/account/security/authenticator/",
                "/account/security/authenticator",
                &[],
            ),
            (
                "/account/contact/email/",
                "/account/contact/email",
                &[("email", "wilhelmina.q@another.example")],
            ),
        ] {
            let base = self.begins(path, fields).await;
            self.errands.push((of, base));
        }
        let email = "/account/security/email";
        self.browser.post(email, &[("send", "yes")]).await;
        let code = self.mailed_code().await;
        self.browser.post(email, &[("code", &code)]).await;
        let base = self.begins("/account/security/recovery", &[]).await;
        self.errands.push(("/account/security/recovery/", base));
    }

    /// Sends a first form; the address of the rest, down to its errand.
    async fn begins(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.browser.post(path, fields).await;
        let to = answer.location().to_owned();
        let parts: Vec<&str> = to.split('?').next().unwrap_or("").split('/').collect();
        let is_id = |part: &&str| kernel::ErrandId::parse(part).is_some();
        let at = parts.iter().rposition(is_id);
        let at = at.unwrap_or_else(|| panic!("{path} led to {to}: {}", answer.status));
        parts[..=at].join("/")
    }

    /// The code in the letter about signing in.
    async fn mailed_code(&self) -> String {
        usecases::outbox::send_due(&self.world.ctx)
            .await
            .expect("the letters go out");
        let mut letters = self.world.mail.to("wilhelmina.q@example.com");
        letters.retain(|letter| letter.subject.contains("code"));
        let letter = letters.pop().expect("a code came");
        let mut words = letter.text.split_whitespace();
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
        words.find(is_code).expect("it has six digits").to_owned()
    }

    async fn id(&self, sql: &'static str) -> String {
        let mut tx = self.world.ctx.store.read().await.expect("a database");
        let mut row = tx.one("an id", sql, vec![]).await.expect("there is one");
        let id: DocumentId = row.read().expect("an id");
        id.to_string()
    }

    /// The address of a route, about her.
    pub fn filled(&self, path: &str) -> String {
        for (of, base) in &self.errands {
            let errand = path
                .strip_prefix(of)
                .and_then(|rest| rest.strip_prefix("{errand}"));
            if let Some(rest) = errand {
                return format!("{base}{rest}");
            }
        }
        let fill = |path: String, (name, value): (&&'static str, &String)| {
            path.replace(&format!("{{{name}}}"), value)
        };
        let filled = self.names.iter().fold(path.to_owned(), fill);
        assert!(!filled.contains('{'), "{path} needs a value in this test");
        filled
    }
}

/// So that nothing of hers is anybody else's by chance.
const RENAMED: &str = "UPDATE persons SET first_name = 'Wilhelmina', last_name = 'Quillfeather', \
     plain_last_name = 'quillfeather', address_1 = '77 Peppercorn Lane', city = 'Zanesburg', \
     phone = '8605557788', email = 'wilhelmina.q@example.com' WHERE member_id = '12345678902'";

async fn change(world: &World, sql: &'static str) {
    let changed = world
        .ctx
        .store
        .write(move |tx| Box::pin(async move { tx.execute(sql, vec![]).await }));
    assert_eq!(changed.await.expect("it can be changed"), 1);
}

fn paid(account: kernel::AccountId) -> PayCommand {
    PayCommand {
        account,
        idempotency_key: "hers".to_owned(),
        cents: Cents::new(1_234),
        channel: Channel::Online,
        method: payments::Method {
            reference: "pm_card".to_owned(),
            tender: Tender::Visa,
            last_four: "4242".to_owned(),
            bank_name: String::new(),
            expires: "08/2028".to_owned(),
            fingerprint: String::new(),
            payer_reference: String::new(),
            network_reference: String::new(),
        },
        payer_name: "Somebody".to_owned(),
        payer_email: String::new(),
        language: Language::English,
        authorisation_version: String::new(),
        user_agent: "test".to_owned(),
    }
}

/// A browser in which somebody signed in.
pub async fn signed_in(world: &World, user_id: &str) -> Browser {
    let mut browser = Browser::new(world);
    browser.open("/sign-in").await;
    let answer = browser
        .post("/sign-in", &[("user_id", user_id), ("password", PASSWORD)])
        .await;
    assert_eq!(answer.location(), "/account", "{user_id}: {}", answer.body);
    browser.open("/account").await;
    browser
}

/// A browser in which staff signed in.
pub async fn staff_signed_in(world: &World, role: Role) -> Browser {
    // Digits are good once; those of the set-up were used.
    world.clock.advance(jiff::SignedDuration::from_secs(30));
    let mut browser = Browser::new(world);
    browser.open("/staff/sign-in").await;
    let user_id = format!("staff.{}", role.code());
    let fields = [("user_id", user_id.as_str()), ("password", PASSWORD)];
    browser.post_and_open("/staff/sign-in", &fields).await;
    let digits = testkit::staff_digits(world);
    let answer = browser
        .post("/staff/sign-in/second", &[("code", &digits)])
        .await;
    assert_eq!(answer.location(), "/staff", "{user_id}: {}", answer.body);
    browser.open("/staff").await;
    browser
}
