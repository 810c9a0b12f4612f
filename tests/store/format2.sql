CREATE TABLE account (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	party_id INTEGER NOT NULL, 
	segment TEXT NOT NULL, 
	billing_system TEXT NOT NULL, 
	status TEXT NOT NULL, 
	stage TEXT NOT NULL, 
	stage_on TEXT, 
	ladder_paused_by TEXT, 
	currency TEXT NOT NULL, 
	opened_on TEXT NOT NULL, 
	next_action_code TEXT, 
	next_action_on TEXT, 
	next_action_at TEXT, 
	version INTEGER NOT NULL, 
	changed_by TEXT NOT NULL, 
	changed_at TEXT NOT NULL, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, party_id) REFERENCES party (tenant_id, id), 
	UNIQUE (tenant_id, number), 
	CONSTRAINT no_orphans CHECK (status <> 'OPEN' OR (next_action_on IS NOT NULL AND next_action_code IS NOT NULL))
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "account" VALUES(1,456075282344447590,'4410-2231',456075282344447589,'default','','OPEN','FINAL',NULL,'promise 456075283935182461','USD','2024-06-06','promise','2026-11-30',NULL,3,'mia','2026-11-23 16:00:00.000000');
INSERT INTO "account" VALUES(1,456075282426547260,'4410-0087',456075282426547259,'default','','OPEN','PAST_DUE','2026-11-23',NULL,'USD','2024-06-06','call','2026-11-25',NULL,3,'mia','2026-11-23 16:00:00.000000');
INSERT INTO "account" VALUES(1,456075282426547264,'4410-0099',456075282426547263,'default','','OPEN','PAST_DUE','2026-11-23',NULL,'USD','2024-06-06','callback','2026-11-24','2026-11-24 15:30:00.000000',3,'mia','2026-11-23 16:00:00.000000');
INSERT INTO "account" VALUES(1,456075282426547268,'4410-0100',456075282426547267,'default','','OPEN','CURRENT',NULL,NULL,'USD','2024-06-06','call','2026-11-23',NULL,1,'test','2026-11-23 16:00:00.000000');
CREATE TABLE account_summary (
	tenant_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	past_due INTEGER NOT NULL, 
	disputed INTEGER NOT NULL, 
	collectable INTEGER NOT NULL, 
	promised INTEGER NOT NULL, 
	unapplied INTEGER NOT NULL, 
	oldest_due TEXT, 
	bucket TEXT NOT NULL, 
	kept_12m INTEGER NOT NULL, 
	broken_12m INTEGER NOT NULL, 
	returned_12m INTEGER NOT NULL, 
	last_payment_on TEXT, 
	last_attempt_at TEXT, 
	last_rpc_at TEXT, 
	attempts INTEGER NOT NULL, 
	rpcs INTEGER NOT NULL, 
	PRIMARY KEY (tenant_id, account_id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "account_summary" VALUES(1,456075282344447590,52210,41210,0,41210,15000,0,'2026-09-21','b3',0,0,0,NULL,'2026-11-23 16:00:00.000000','2026-11-23 16:00:00.000000',2,1);
INSERT INTO "account_summary" VALUES(1,456075282426547260,22000,22000,0,22000,0,0,'2026-10-13','b2',0,0,0,NULL,'2026-11-23 16:00:00.000000',NULL,1,0);
INSERT INTO "account_summary" VALUES(1,456075282426547264,5000,5000,0,5000,0,0,'2026-11-13','b1',0,0,0,NULL,'2026-11-23 16:00:00.000000','2026-11-23 16:00:00.000000',1,1);
INSERT INTO "account_summary" VALUES(1,456075282426547268,9900,0,0,0,0,0,NULL,'current',0,0,0,NULL,NULL,NULL,0,0);
CREATE TABLE act_log (
	tenant_id INTEGER NOT NULL, 
	act_id TEXT NOT NULL, 
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	"by" TEXT NOT NULL, 
	at TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	effects TEXT NOT NULL, 
	receipt TEXT NOT NULL, 
	undone_by TEXT, 
	PRIMARY KEY (tenant_id, act_id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "act_log" VALUES(1,'11bc3a61-1bee-4b7c-8663-20d9bbea43b1',456075283964315481,456075282344447590,'mia','2026-11-23 16:00:00.000000','f99e235b8c283e777b512b9861883fb9d5d10e3994ae5b0c91516e775251fa79',2,'[{"kind": "ContactLogged", "id": 456075283933252518, "action": "TM", "result": "PP", "at": "2026-11-23T16:00:00Z", "point_id": 456075282416857839, "outbound": true, "counted": true, "worked": true, "contact": true, "right_party": true, "reason": null, "note": "", "typed": "", "supersedes": null}, {"kind": "PromiseMade", "promise": {"id": 456075283935182461, "kind": "single", "status": "ACTIVE", "total": 15000, "made_on": "2026-11-23", "grace_days": 2, "instalments": [{"seq": 1, "due": "2026-11-27", "amount": 15000, "paid": 0, "status": "OPEN"}], "method": null, "made_by": "mia", "override_by": null, "override_reason": null, "supersedes": null, "closed_reason": null, "ladder_step": "FINAL"}}, {"kind": "LadderChanged", "stage": "FINAL", "paused_by": "promise 456075283935182461", "old_stage": "FINAL", "old_paused_by": null}, {"kind": "NextActionSet", "new": {"code": "promise", "on": "2026-11-30", "at": null}, "old": {"code": "call", "on": "2026-11-23", "at": null}}]','{"id":"11bc3a61-1bee-4b7c-8663-20d9bbea43b1","account":"4410-2231","version":2,"sentence":"logs promise to pay · call mobile · mobile …0142 · promise 150.00 by Fri 27 Nov","effects":[{"kind":"ContactLogged","sentence":"logs promise to pay · call mobile · mobile …0142"},{"kind":"PromiseMade","sentence":"promise 150.00 by Fri 27 Nov"},{"kind":"LadderChanged","sentence":"the ladder is held by a promise"},{"kind":"NextActionSet","sentence":"next action: check the promise Mon 30 Nov"}],"verdict":{"severity":"allow","allowed":true,"overridable_by":null,"findings":[{"rule":"arrangement.min_amount","severity":"allow","sentence":"The amount USD 150.00 is at least USD 41.21.","check":"min_amount","cite":"Larger of least amount and least percentage, as in Latitude''s promise permissions","next_ok":null,"override_role":null},{"rule":"arrangement.first_within","severity":"allow","sentence":"The first payment is due in 4 days, within 11.","check":"first_within","cite":"11 days for an agent, 14 with a supervisor (Astound, past-due policy)","next_ok":null,"override_role":null},{"rule":"arrangement.broken","severity":"allow","sentence":"0 promises broken in 12 months, at most 2.","check":"broken","cite":"Illinois 280.120: a plan is a right unless one failed in the past 12 months; house limit 2","next_ok":null,"override_role":null},{"rule":"arrangement.cooldown","severity":"allow","sentence":"No other plan in the last 90 days.","check":"cooldown","cite":"No arrangement within 90 days of the last (Astound)","next_ok":null,"override_role":null},{"rule":"arrangement.tenure","severity":"allow","sentence":"Customer for 29 months, at least 6.","check":"tenure","cite":"6 months (Astound; WOW!)","next_ok":null,"override_role":null},{"rule":"arrangement.returned","severity":"allow","sentence":"No payment returned in the last 90 days.","check":"returned","cite":"A returned payment in the last 90 days (Astound)","next_ok":null,"override_role":null}]},"next_action":"check the promise Mon 30 Nov","undoable":true,"at":"2026-11-23T16:00:00Z","repeated":false}',NULL);
INSERT INTO "act_log" VALUES(1,'a487ed41-521d-4f3f-b003-bea01f4c9de7',456075284052654809,456075282426547264,'mia','2026-11-23 16:00:00.000000','75e9158ead43c0b8315fbcfbd53361a8f0be32c0dd1b7a953c1b9cee3239b9be',3,'[{"kind": "ContactLogged", "id": 456075284027669329, "action": "TM", "result": "CB", "at": "2026-11-23T16:00:00Z", "point_id": 456075282426547265, "outbound": true, "counted": true, "worked": true, "contact": true, "right_party": true, "reason": null, "note": "", "typed": "", "supersedes": null}, {"kind": "CallbackScheduled", "callback": {"id": 456075284030451501, "at": "2026-11-24T15:30:00Z", "owner": "mia", "point_id": 456075282426547265, "status": "SCHEDULED", "note": ""}}, {"kind": "NextActionSet", "new": {"code": "callback", "on": "2026-11-24", "at": "2026-11-24T15:30:00Z"}, "old": {"code": "call", "on": "2026-11-23", "at": null}}]','{"id":"a487ed41-521d-4f3f-b003-bea01f4c9de7","account":"4410-0099","version":3,"sentence":"logs callback requested · call mobile · mobile …0160 · callback tomorrow 09:30 Chicago UTC-06:00 to mobile …0160, for mia","effects":[{"kind":"ContactLogged","sentence":"logs callback requested · call mobile · mobile …0160"},{"kind":"CallbackScheduled","sentence":"callback tomorrow 09:30 Chicago UTC-06:00 to mobile …0160, for mia"},{"kind":"NextActionSet","sentence":"next action: callback tomorrow 09:30 Chicago UTC-06:00"}],"verdict":{"severity":"allow","allowed":true,"overridable_by":null,"findings":[]},"next_action":"callback tomorrow 09:30 Chicago UTC-06:00","undoable":true,"at":"2026-11-23T16:00:00Z","repeated":false}',NULL);
INSERT INTO "act_log" VALUES(1,'cf1b6d71-bcdf-4f6d-8fe4-143d29b64b19',456075283903353714,456075282426547260,'mia','2026-11-23 16:00:00.000000','0f22d479d16d09bc15134a6376f5dbdcf342da0f641d2954544e89cf91819f9b',3,'[{"kind": "ContactLogged", "id": 456075283730413867, "action": "TM", "result": "LM", "at": "2026-11-23T16:00:00Z", "point_id": 456075282426547261, "outbound": true, "counted": true, "worked": true, "contact": false, "right_party": false, "reason": null, "note": "", "typed": "", "supersedes": null}, {"kind": "NextActionSet", "new": {"code": "call", "on": "2026-11-25", "at": null}, "old": {"code": "call", "on": "2026-11-23", "at": null}}]','{"id":"cf1b6d71-bcdf-4f6d-8fe4-143d29b64b19","account":"4410-0087","version":3,"sentence":"logs left message · call mobile · mobile …0150","effects":[{"kind":"ContactLogged","sentence":"logs left message · call mobile · mobile …0150"},{"kind":"NextActionSet","sentence":"next action: call Wed 25 Nov"}],"verdict":{"severity":"allow","allowed":true,"overridable_by":null,"findings":[]},"next_action":"call Wed 25 Nov","undoable":true,"at":"2026-11-23T16:00:00Z","repeated":false}',NULL);
INSERT INTO "act_log" VALUES(1,'d83fbb4f-0850-4792-8e39-3d6870b1ecf4',456075284006191637,456075282344447590,'mia','2026-11-23 16:00:00.000000','98655a42e39ea1ca59dcaedc24d72e5ae6e48150bf156d1572d983accb517da4',3,'[{"kind": "NoteWritten", "id": 456075283990565440, "text": "called back, it''s not \"done\" yet", "typed": "called back, it''s not \"done\" yet", "pinned": false}]','{"id":"d83fbb4f-0850-4792-8e39-3d6870b1ecf4","account":"4410-2231","version":3,"sentence":"notes \"called back, it''s not \"done\" yet\"","effects":[{"kind":"NoteWritten","sentence":"notes \"called back, it''s not \"done\" yet\""}],"verdict":{"severity":"allow","allowed":true,"overridable_by":null,"findings":[]},"next_action":"check the promise Mon 30 Nov","undoable":true,"at":"2026-11-23T16:00:00Z","repeated":false}',NULL);
CREATE TABLE allocation (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	payment_id INTEGER NOT NULL, 
	item_id INTEGER NOT NULL, 
	amount INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	reversed_at TEXT, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, payment_id) REFERENCES payment (tenant_id, id), 
	FOREIGN KEY(tenant_id, item_id) REFERENCES item (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
CREATE TABLE app_user (
	tenant_id INTEGER NOT NULL, 
	login TEXT NOT NULL, 
	name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	desk TEXT NOT NULL, 
	PRIMARY KEY (tenant_id, login)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "app_user" VALUES(1,'ben','Ben','collector','');
INSERT INTO "app_user" VALUES(1,'lee','Lee','lead','');
INSERT INTO "app_user" VALUES(1,'mia','Mia','collector','');
CREATE TABLE audit (
	tenant_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	act_id TEXT NOT NULL, 
	line TEXT NOT NULL, 
	commands TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	effects TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	prev TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (tenant_id, account_id, seq), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "audit" VALUES(1,456075282344447590,1,'2026-11-23 16:00:00.000000','mia','11bc3a61-1bee-4b7c-8663-20d9bbea43b1','pp 150 fri','[{"action":null,"kind":"contact","note":"","point":null,"reason":null,"result":"PP","typed":""},{"amount":15000,"due":"2026-11-27","kind":"promise","method":null,"note":""}]','{"allowed":true,"findings":[{"check":"min_amount","cite":"Larger of least amount and least percentage, as in Latitude''s promise permissions","next_ok":null,"override_role":null,"rule":"arrangement.min_amount","sentence":"The amount USD 150.00 is at least USD 41.21.","severity":"allow"},{"check":"first_within","cite":"11 days for an agent, 14 with a supervisor (Astound, past-due policy)","next_ok":null,"override_role":null,"rule":"arrangement.first_within","sentence":"The first payment is due in 4 days, within 11.","severity":"allow"},{"check":"broken","cite":"Illinois 280.120: a plan is a right unless one failed in the past 12 months; house limit 2","next_ok":null,"override_role":null,"rule":"arrangement.broken","sentence":"0 promises broken in 12 months, at most 2.","severity":"allow"},{"check":"cooldown","cite":"No arrangement within 90 days of the last (Astound)","next_ok":null,"override_role":null,"rule":"arrangement.cooldown","sentence":"No other plan in the last 90 days.","severity":"allow"},{"check":"tenure","cite":"6 months (Astound; WOW!)","next_ok":null,"override_role":null,"rule":"arrangement.tenure","sentence":"Customer for 29 months, at least 6.","severity":"allow"},{"check":"returned","cite":"A returned payment in the last 90 days (Astound)","next_ok":null,"override_role":null,"rule":"arrangement.returned","sentence":"No payment returned in the last 90 days.","severity":"allow"}],"overridable_by":null,"severity":"allow"}','[{"action":"TM","at":"2026-11-23T16:00:00Z","contact":true,"counted":true,"id":456075283933252518,"kind":"ContactLogged","note":"","outbound":true,"point_id":456075282416857839,"reason":null,"result":"PP","right_party":true,"supersedes":null,"typed":"","worked":true},{"kind":"PromiseMade","promise":{"closed_reason":null,"grace_days":2,"id":456075283935182461,"instalments":[{"amount":15000,"due":"2026-11-27","paid":0,"seq":1,"status":"OPEN"}],"kind":"single","ladder_step":"FINAL","made_by":"mia","made_on":"2026-11-23","method":null,"override_by":null,"override_reason":null,"status":"ACTIVE","supersedes":null,"total":15000}},{"kind":"LadderChanged","old_paused_by":null,"old_stage":"FINAL","paused_by":"promise 456075283935182461","stage":"FINAL"},{"kind":"NextActionSet","new":{"at":null,"code":"promise","on":"2026-11-30"},"old":{"at":null,"code":"call","on":"2026-11-23"}}]','done','','8bd287bfeae2990fff67177cb110b750f06e7085770150ffe32ce110f4fdb59c');
INSERT INTO "audit" VALUES(1,456075282344447590,2,'2026-11-23 16:00:00.000000','mia','d83fbb4f-0850-4792-8e39-3d6870b1ecf4','n called back, it''s not "done" yet','[{"kind":"note","pinned":false,"text":"called back, it''s not \"done\" yet","typed":"called back, it''s not \"done\" yet"}]','{"allowed":true,"findings":[],"overridable_by":null,"severity":"allow"}','[{"id":456075283990565440,"kind":"NoteWritten","pinned":false,"text":"called back, it''s not \"done\" yet","typed":"called back, it''s not \"done\" yet"}]','done','8bd287bfeae2990fff67177cb110b750f06e7085770150ffe32ce110f4fdb59c','3c69d4df4d8666bd0da1691d759ad31ab8976ef9617325ed9ba594605b7331a6');
INSERT INTO "audit" VALUES(1,456075282426547260,1,'2026-11-23 16:00:00.000000','mia','cf1b6d71-bcdf-4f6d-8fe4-143d29b64b19','lm m1','[{"action":null,"kind":"contact","note":"","point":"m1","reason":null,"result":"LM","typed":""}]','{"allowed":true,"findings":[],"overridable_by":null,"severity":"allow"}','[{"action":"TM","at":"2026-11-23T16:00:00Z","contact":false,"counted":true,"id":456075283730413867,"kind":"ContactLogged","note":"","outbound":true,"point_id":456075282426547261,"reason":null,"result":"LM","right_party":false,"supersedes":null,"typed":"","worked":true},{"kind":"NextActionSet","new":{"at":null,"code":"call","on":"2026-11-25"},"old":{"at":null,"code":"call","on":"2026-11-23"}}]','done','','5e50e533ae463a0f75bfda4ac2080715147b9687431e05c05a76d8374452b97a');
INSERT INTO "audit" VALUES(1,456075282426547264,1,'2026-11-23 16:00:00.000000','mia','a487ed41-521d-4f3f-b003-bea01f4c9de7','cb tue 9:30 m1','[{"action":null,"kind":"contact","note":"","point":"m1","reason":null,"result":"CB","typed":""},{"anyone":false,"at":"2026-11-24T15:30:00Z","kind":"callback","note":"","point":"m1"}]','{"allowed":true,"findings":[],"overridable_by":null,"severity":"allow"}','[{"action":"TM","at":"2026-11-23T16:00:00Z","contact":true,"counted":true,"id":456075284027669329,"kind":"ContactLogged","note":"","outbound":true,"point_id":456075282426547265,"reason":null,"result":"CB","right_party":true,"supersedes":null,"typed":"","worked":true},{"callback":{"at":"2026-11-24T15:30:00Z","id":456075284030451501,"note":"","owner":"mia","point_id":456075282426547265,"status":"SCHEDULED"},"kind":"CallbackScheduled"},{"kind":"NextActionSet","new":{"at":"2026-11-24T15:30:00Z","code":"callback","on":"2026-11-24"},"old":{"at":null,"code":"call","on":"2026-11-23"}}]','done','','8f3592b016c734e8f3f817ec4dd62b590406bf11fac2b999444378436089b068');
CREATE TABLE batch_step (
	tenant_id INTEGER NOT NULL, 
	business_date TEXT NOT NULL, 
	step TEXT NOT NULL, 
	changed INTEGER NOT NULL, 
	millis INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (tenant_id, business_date, step)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "batch_step" VALUES(1,'2026-11-23','age',0,4,'2026-11-23 16:00:00.000000');
INSERT INTO "batch_step" VALUES(1,'2026-11-23','appropriate',0,17,'2026-11-23 16:00:00.000000');
INSERT INTO "batch_step" VALUES(1,'2026-11-23','figures',2,3,'2026-11-23 16:00:00.000000');
INSERT INTO "batch_step" VALUES(1,'2026-11-23','holds',0,10,'2026-11-23 16:00:00.000000');
INSERT INTO "batch_step" VALUES(1,'2026-11-23','judge',0,28,'2026-11-23 16:00:00.000000');
INSERT INTO "batch_step" VALUES(1,'2026-11-23','post',0,12,'2026-11-23 16:00:00.000000');
INSERT INTO "batch_step" VALUES(1,'2026-11-23','queues',0,3,'2026-11-23 16:00:00.000000');
INSERT INTO "batch_step" VALUES(1,'2026-11-23','score',0,6,'2026-11-23 16:00:00.000000');
INSERT INTO "batch_step" VALUES(1,'2026-11-23','strategy',2,33,'2026-11-23 16:00:00.000000');
CREATE TABLE callback (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	point_id INTEGER, 
	at TEXT NOT NULL, 
	owner TEXT, 
	status TEXT NOT NULL, 
	note TEXT NOT NULL, 
	made_by TEXT NOT NULL, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "callback" VALUES(1,456075284030451501,456075282426547264,456075282426547265,'2026-11-24 15:30:00.000000','mia','SCHEDULED','','mia');
CREATE TABLE contact_event (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	point_id INTEGER, 
	at TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	action TEXT NOT NULL, 
	result TEXT NOT NULL, 
	outbound INTEGER NOT NULL, 
	counted INTEGER NOT NULL, 
	worked INTEGER NOT NULL, 
	contact INTEGER NOT NULL, 
	right_party INTEGER NOT NULL, 
	reason TEXT, 
	note TEXT NOT NULL, 
	typed TEXT NOT NULL, 
	supersedes INTEGER, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "contact_event" VALUES(1,456075282426547257,456075282344447590,456075282416857839,'2026-11-18 16:00:00.000000','mia','TM','LM',1,1,1,0,0,NULL,'will pay Friday','',NULL);
INSERT INTO "contact_event" VALUES(1,456075283730413867,456075282426547260,456075282426547261,'2026-11-23 16:00:00.000000','mia','TM','LM',1,1,1,0,0,NULL,'','',NULL);
INSERT INTO "contact_event" VALUES(1,456075283933252518,456075282344447590,456075282416857839,'2026-11-23 16:00:00.000000','mia','TM','PP',1,1,1,1,1,NULL,'','',NULL);
INSERT INTO "contact_event" VALUES(1,456075284027669329,456075282426547264,456075282426547265,'2026-11-23 16:00:00.000000','mia','TM','CB',1,1,1,1,1,NULL,'','',NULL);
CREATE TABLE contact_point (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	party_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	value TEXT NOT NULL, 
	normalized TEXT NOT NULL, 
	reversed TEXT NOT NULL, 
	ord INTEGER NOT NULL, 
	quality TEXT NOT NULL, 
	consent TEXT NOT NULL, 
	zones TEXT NOT NULL, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, party_id) REFERENCES party (tenant_id, id), 
	UNIQUE (tenant_id, party_id, normalized)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "contact_point" VALUES(1,456075282416857839,456075282344447589,'mobile','+1 312 555 0142','13125550142','24105552131',1,'unknown','unknown','America/Chicago');
INSERT INTO "contact_point" VALUES(1,456075282426547250,456075282344447589,'home','+1 312 555 0143','13125550143','34105552131',1,'unknown','unknown','America/Chicago');
INSERT INTO "contact_point" VALUES(1,456075282426547251,456075282344447589,'email','rosa@example.com','rosa@example.com','',1,'unknown','unknown','');
INSERT INTO "contact_point" VALUES(1,456075282426547261,456075282426547259,'mobile','+1 312 555 0150','13125550150','05105552131',1,'unknown','unknown','America/Chicago');
INSERT INTO "contact_point" VALUES(1,456075282426547265,456075282426547263,'mobile','+1 312 555 0160','13125550160','06105552131',1,'unknown','unknown','America/Chicago');
INSERT INTO "contact_point" VALUES(1,456075282426547269,456075282426547267,'mobile','+1 312 555 0170','13125550170','07105552131',1,'unknown','unknown','America/Chicago');
CREATE TABLE day_mark (
	tenant_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	PRIMARY KEY (tenant_id, account_id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
CREATE TABLE hold (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	target_id INTEGER, 
	placed_on TEXT NOT NULL, 
	placed_at TEXT, 
	placed_by TEXT NOT NULL, 
	until TEXT, 
	reason TEXT NOT NULL, 
	status TEXT NOT NULL, 
	closed_reason TEXT, 
	closed_at TEXT, 
	closed_by TEXT, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
CREATE TABLE import_batch (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	name TEXT NOT NULL, 
	at TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	rows INTEGER NOT NULL, 
	taken INTEGER NOT NULL, 
	known INTEGER NOT NULL, 
	rejected INTEGER NOT NULL, 
	PRIMARY KEY (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "import_batch" VALUES(1,456075282605804406,'portfolio','e18fef5844090470ca1b7ec58df255bd664a6b45c2d15c1c7d865a3ee8778645','book.json','2026-11-23 16:00:00.000000','test',4,4,0,0);
CREATE TABLE instalment (
	tenant_id INTEGER NOT NULL, 
	promise_id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	due TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	paid INTEGER NOT NULL, 
	status TEXT NOT NULL, 
	PRIMARY KEY (tenant_id, promise_id, seq), 
	FOREIGN KEY(tenant_id, promise_id) REFERENCES promise (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "instalment" VALUES(1,456075283935182461,1,'2026-11-27',15000,0,'OPEN');
CREATE TABLE item (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	service_id INTEGER, 
	doc_no TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	issued TEXT NOT NULL, 
	due TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	open INTEGER NOT NULL, 
	disputed INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id), 
	UNIQUE (tenant_id, doc_no)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "item" VALUES(1,456075282426547254,456075282344447590,456075282426547252,'INV-1','invoice','2026-08-22','2026-09-21',30000,30000,0,'');
INSERT INTO "item" VALUES(1,456075282426547255,456075282344447590,456075282426547253,'INV-2','invoice','2026-09-21','2026-10-21',11210,11210,0,'');
INSERT INTO "item" VALUES(1,456075282426547256,456075282344447590,NULL,'INV-3','invoice','2026-10-31','2026-11-30',11000,11000,0,'');
INSERT INTO "item" VALUES(1,456075282426547262,456075282426547260,NULL,'INV-10','invoice','2026-09-13','2026-10-13',22000,22000,0,'');
INSERT INTO "item" VALUES(1,456075282426547266,456075282426547264,NULL,'INV-20','invoice','2026-10-14','2026-11-13',5000,5000,0,'');
INSERT INTO "item" VALUES(1,456075282426547270,456075282426547268,NULL,'INV-30','invoice','2026-11-03','2026-12-03',9900,9900,0,'');
CREATE TABLE name_token (
	tenant_id INTEGER NOT NULL, 
	token TEXT NOT NULL, 
	party_id INTEGER NOT NULL, 
	PRIMARY KEY (tenant_id, token, party_id), 
	FOREIGN KEY(tenant_id, party_id) REFERENCES party (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "name_token" VALUES(1,'alvarez',456075282344447589);
INSERT INTO "name_token" VALUES(1,'rosa',456075282344447589);
INSERT INTO "name_token" VALUES(1,'ivan',456075282426547259);
INSERT INTO "name_token" VALUES(1,'petrov',456075282426547259);
INSERT INTO "name_token" VALUES(1,'ada',456075282426547263);
INSERT INTO "name_token" VALUES(1,'okafor',456075282426547263);
INSERT INTO "name_token" VALUES(1,'asa',456075282426547267);
INSERT INTO "name_token" VALUES(1,'lindqvist',456075282426547267);
CREATE TABLE note (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	text TEXT NOT NULL, 
	typed TEXT NOT NULL, 
	pinned INTEGER NOT NULL, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "note" VALUES(1,456075283990565440,456075282344447590,'2026-11-23 16:00:00.000000','mia','called back, it''s not "done" yet','called back, it''s not "done" yet',0);
CREATE TABLE notice (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	service_id INTEGER, 
	level TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	status TEXT NOT NULL, 
	sent_on TEXT, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "notice" VALUES(1,456075282426547258,456075282344447590,NULL,'pre-cut','letter','DELIVERED','2026-11-03');
CREATE TABLE party (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	lang TEXT NOT NULL, 
	zone TEXT, 
	PRIMARY KEY (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "party" VALUES(1,456075282344447589,'Alvarez, Rosa','person','en',NULL);
INSERT INTO "party" VALUES(1,456075282426547259,'Petrov, Ivan','person','en',NULL);
INSERT INTO "party" VALUES(1,456075282426547263,'Okafor, Ada','person','en',NULL);
INSERT INTO "party" VALUES(1,456075282426547267,'Lindqvist, Åsa','person','en',NULL);
CREATE TABLE payment (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	ref TEXT NOT NULL, 
	received_on TEXT NOT NULL, 
	method TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	status TEXT NOT NULL, 
	returned_reason TEXT, 
	returned_on TEXT, 
	returned_at TEXT, 
	returned_by TEXT, 
	recorded_by TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
CREATE TABLE promise (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	status TEXT NOT NULL, 
	total INTEGER NOT NULL, 
	made_on TEXT NOT NULL, 
	made_by TEXT NOT NULL, 
	made_at TEXT NOT NULL, 
	grace_days INTEGER NOT NULL, 
	method TEXT, 
	override_by TEXT, 
	override_reason TEXT, 
	supersedes INTEGER, 
	closed_reason TEXT, 
	closed_on TEXT, 
	closed_at TEXT, 
	closed_by TEXT, 
	ladder_step TEXT, 
	note TEXT NOT NULL, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "promise" VALUES(1,456075283935182461,456075282344447590,'single','ACTIVE',15000,'2026-11-23','mia','2026-11-23 16:00:00.000000',2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'FINAL','');
CREATE TABLE queue_delta (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	queue TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	collectable INTEGER NOT NULL, 
	PRIMARY KEY (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "queue_delta" VALUES(1,456075283891134698,'new','USD',-1,-22000);
INSERT INTO "queue_delta" VALUES(1,456075284047373306,'new','USD',-1,-5000);
INSERT INTO "queue_delta" VALUES(1,456075283371728862,'new','USD',2,27000);
INSERT INTO "queue_delta" VALUES(1,456075283954608902,'suspend','USD',-1,-41210);
INSERT INTO "queue_delta" VALUES(1,456075283371728863,'suspend','USD',1,41210);
CREATE TABLE service (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	product TEXT NOT NULL, 
	billing_system TEXT NOT NULL, 
	identifier TEXT NOT NULL, 
	status TEXT NOT NULL, 
	suspend_cause TEXT, 
	monthly INTEGER NOT NULL, 
	life_support INTEGER NOT NULL, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "service" VALUES(1,456075282426547252,456075282344447590,'INT','north','INT-1001','ACTIVE',NULL,6000,0);
INSERT INTO "service" VALUES(1,456075282426547253,456075282344447590,'TV','north','TV-1001','ACTIVE',NULL,4000,0);
CREATE TABLE service_order (
	tenant_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	service_id INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	effective TEXT NOT NULL, 
	status TEXT NOT NULL, 
	requested_on TEXT NOT NULL, 
	requested_at TEXT, 
	requested_by TEXT NOT NULL, 
	sent_at TEXT, 
	answered_at TEXT, 
	closed_at TEXT, 
	closed_by TEXT, 
	reversal_of INTEGER, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (tenant_id, id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id), 
	FOREIGN KEY(tenant_id, service_id) REFERENCES service (tenant_id, id), 
	UNIQUE (tenant_id, number)
)
 WITHOUT ROWID,
 STRICT

;
ANALYZE "sqlite_master";
CREATE TABLE tenant (
	tenant_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	business_date TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	median_collectable INTEGER NOT NULL, 
	audit_key TEXT NOT NULL, 
	PRIMARY KEY (tenant_id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "tenant" VALUES(1,'Test book','2026-11-23','USD','America/Chicago',22000,'26ff54598fb8d3ea956660fe2edf625a573f41b9b5b623cf442095cdf5f9e434');
CREATE TABLE work_item (
	tenant_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	queue TEXT NOT NULL, 
	tier INTEGER NOT NULL, 
	reasons INTEGER NOT NULL, 
	score INTEGER NOT NULL, 
	sort_score INTEGER NOT NULL, 
	sort_timed TEXT NOT NULL, 
	skipped INTEGER NOT NULL, 
	oldest_due TEXT, 
	collectable INTEGER NOT NULL, 
	currency TEXT NOT NULL, 
	t_money INTEGER NOT NULL, 
	t_roll INTEGER NOT NULL, 
	t_rpc INTEGER NOT NULL, 
	t_kept INTEGER NOT NULL, 
	t_risk INTEGER NOT NULL, 
	t_stale INTEGER NOT NULL, 
	t_linked INTEGER NOT NULL, 
	snooze_until TEXT, 
	snoozes INTEGER NOT NULL, 
	snooze_reason TEXT NOT NULL, 
	claimed INTEGER NOT NULL, 
	claimed_by TEXT, 
	claimed_at TEXT, 
	lease_until TEXT, 
	fence INTEGER NOT NULL, 
	PRIMARY KEY (tenant_id, account_id), 
	FOREIGN KEY(tenant_id, account_id) REFERENCES account (tenant_id, id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "work_item" VALUES(1,456075282344447590,'4410-2231','',0,0,235,-235,'',0,'2026-09-21',41210,'USD',60,50,50,75,0,0,0,NULL,0,'',0,NULL,NULL,NULL,0);
INSERT INTO "work_item" VALUES(1,456075282426547260,'4410-0087','',0,0,245,-245,'',0,'2026-10-13',22000,'USD',40,100,30,75,0,0,0,NULL,0,'',1,'mia',NULL,'2026-11-23 16:10:00.000000',1);
INSERT INTO "work_item" VALUES(1,456075282426547264,'4410-0099','',0,0,245,-245,'',0,'2026-11-13',5000,'USD',10,100,60,75,0,0,0,NULL,0,'',0,NULL,NULL,NULL,0);
INSERT INTO "work_item" VALUES(1,456075282426547268,'4410-0100','',0,0,172,-172,'',0,'9999-12-31',0,'USD',0,0,37,75,0,60,0,NULL,0,'',0,NULL,NULL,NULL,0);
CREATE INDEX ix_delta_queue ON queue_delta (tenant_id, queue, currency, n, collectable);
CREATE INDEX ix_token_party ON name_token (tenant_id, party_id, token);
CREATE INDEX ix_point_reversed ON contact_point (tenant_id, reversed);
CREATE INDEX ix_point_normalized ON contact_point (tenant_id, normalized);
CREATE INDEX ix_account_next ON account (tenant_id, status, next_action_on);
CREATE INDEX ix_account_bare ON account (tenant_id, replace(number, '-', ''));
CREATE INDEX ix_account_orphan ON account (tenant_id, status) WHERE next_action_on IS NULL OR next_action_code IS NULL;
CREATE INDEX ix_account_stage ON account (tenant_id, stage, status, ladder_paused_by, stage_on);
CREATE INDEX ix_account_party ON account (tenant_id, party_id);
CREATE INDEX ix_summary_collectable ON account_summary (tenant_id, collectable) WHERE collectable > 0;
CREATE INDEX ix_summary_oldest ON account_summary (tenant_id, oldest_due);
CREATE INDEX ix_summary_attempt ON account_summary (tenant_id, last_attempt_at);
CREATE INDEX ix_service_account ON service (tenant_id, account_id);
CREATE INDEX ix_item_account ON item (tenant_id, account_id, due, open, disputed);
CREATE INDEX ix_item_due ON item (tenant_id, due);
CREATE INDEX ix_work_oldest ON work_item (tenant_id, queue, oldest_due);
CREATE INDEX ix_work_lease ON work_item (tenant_id, lease_until) WHERE claimed = 1;
CREATE INDEX ix_work_snoozed ON work_item (tenant_id, snooze_until) WHERE snooze_until IS NOT NULL;
CREATE INDEX ix_work_order ON work_item (tenant_id, queue, skipped, sort_timed, sort_score, oldest_due, number);
CREATE INDEX ix_work_free ON work_item (tenant_id, skipped, tier, sort_timed, sort_score, oldest_due, number) WHERE claimed = 0 AND queue <> '';
CREATE INDEX ix_work_holder ON work_item (tenant_id, claimed_by) WHERE claimed = 1;
CREATE INDEX ix_work_timed ON work_item (tenant_id, queue, sort_timed) WHERE sort_timed <> '';
CREATE INDEX ix_act_user ON act_log (tenant_id, "by", id);
CREATE INDEX ix_act_account ON act_log (tenant_id, account_id, id);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE INDEX ix_event_account ON contact_event (tenant_id, account_id, at);
CREATE INDEX ix_event_supersedes ON contact_event (tenant_id, supersedes) WHERE supersedes IS NOT NULL;
CREATE TRIGGER contact_event_no_update BEFORE UPDATE ON contact_event BEGIN SELECT RAISE(ABORT, 'contact_event is append-only'); END;
CREATE TRIGGER contact_event_no_delete BEFORE DELETE ON contact_event BEGIN SELECT RAISE(ABORT, 'contact_event is append-only'); END;
CREATE INDEX ix_note_account ON note (tenant_id, account_id, at);
CREATE INDEX ix_callback_at ON callback (tenant_id, status, at);
CREATE INDEX ix_callback_account ON callback (tenant_id, account_id);
CREATE INDEX ix_promise_account ON promise (tenant_id, account_id);
CREATE INDEX ix_promise_status ON promise (tenant_id, status);
CREATE INDEX ix_promise_closed ON promise (tenant_id, closed_on);
CREATE INDEX ix_hold_until ON hold (tenant_id, status, until);
CREATE INDEX ix_hold_account ON hold (tenant_id, account_id);
CREATE INDEX ix_notice_sent ON notice (tenant_id, sent_on);
CREATE INDEX ix_notice_account ON notice (tenant_id, account_id);
CREATE INDEX ix_payment_ref ON payment (tenant_id, ref);
CREATE INDEX ix_payment_status ON payment (tenant_id, status, returned_on);
CREATE INDEX ix_payment_account ON payment (tenant_id, account_id);
CREATE INDEX ix_instalment_due ON instalment (tenant_id, status, due);
CREATE INDEX ix_order_account ON service_order (tenant_id, account_id);
CREATE INDEX ix_order_status ON service_order (tenant_id, status);
CREATE INDEX ix_allocation_payment ON allocation (tenant_id, payment_id, amount, reversed_at);
CREATE INDEX ix_allocation_item ON allocation (tenant_id, item_id);
