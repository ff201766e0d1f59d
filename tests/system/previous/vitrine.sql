BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0014');
CREATE TABLE api_keys (
	user_id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	prefix VARCHAR(20) NOT NULL, 
	key_hash VARCHAR(64) NOT NULL, 
	scopes JSON NOT NULL, 
	expires_at DATETIME, 
	last_used_at DATETIME, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_api_keys PRIMARY KEY (id), 
	CONSTRAINT fk_api_keys_user_id_users FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash)
);
INSERT INTO "api_keys" VALUES('01a22a63-00f9-744a-ac86-bf24402337db','importer','vitrine_u0bCp0','75ed66fa6ed5fe3f056a75e47371df057ba2a9df0d9e08fdd492fb30080183e0','["catalog:read"]',NULL,NULL,'01a22a63-2dc6-769e-9c21-88406f23551e','2026-11-30 02:57:52.582188',NULL);
CREATE TABLE blobs (
	sha256 VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	condemned_at DATETIME, 
	marked_at DATETIME, 
	thumbnails_at DATETIME, 
	perceptual_hash VARCHAR(16), colour_grid BLOB, 
	CONSTRAINT pk_blobs PRIMARY KEY (sha256)
);
INSERT INTO "blobs" VALUES('cabe5f45d9f6fa927fa0efb00c0b023cfb8432a593b0a8b67863328e84e9ce44','2026-11-30 02:57:46.009477',NULL,NULL,'2026-11-30 02:57:51.920266','fe6bc192859491c7',X'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFBFBF6E3E4F5DFE0F5DEE0F5DEE0F5DFE0F5DFE0F5DFE0F6E3E4FEFBFBFFFFFFFFFFFFF7E6E7D05258CB3840CC3740CC3740CC373FCC373FCC373FD05057F7E6E7FFFFFFFFFFFFF6E3E4CC3A42C81F27C71F28C71F28C81E27C81D26C91E27CD3A42F6E2E4FFFFFFFFFFFFF7E3E4CC3B42C61E26C71E28C71E28C81E27C81E27C71E26CC3A42F6E3E4FFFFFFFFFFFFF6E3E4CB3B42C61E27C81E27C81E27C71E27C81E27C81E27CD3B42F7E3E4FFFFFFFFFFFFF6E3E4CC3A42C81F28C81E27C81E27C61E29C71F27C81E27CD3A42F6E3E4FFFFFFFFFFFFF7E3E4CD3A42C81E27C81E27C81E27C81F28C81F27C91E27CC3A42F6E2E4FFFFFFFFFFFFF7E3E4CD3A42C71D26C81E27C81E27C91F27C81F26C91E27CC3B42F6E3E4FFFFFFFFFFFFF8E7E8D35961CF404ACF4149CF4149CF4149CF4149D0414AD35960F8E7E8FFFFFFFFFFFFFEFCFCF9EBECF8E8EAF8E8EAF8E8EAF8E8E9F8E8E9F8E8E9F9EBECFEFCFCFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF');
INSERT INTO "blobs" VALUES('dbb249914e4e4a699e9d13a53857112e6accd192ef5168ecaa6a6592462bd513','2026-11-30 02:57:46.237761',NULL,NULL,'2026-11-30 02:57:52.057471','ee6f94908594d8c7',X'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFBFDFBE3F1E7DFEFE3DFEFE3DFEFE3DFEFE3DFEFE3DEEFE3E2F1E7FBFDFBFFFFFFFFFFFFE6F3EA51AC6937A15337A15237A05237A05237A05238A05251AB68E6F3E9FFFFFFFFFFFFE3F1E63AA2541E963C1F973C1F973C1E963C1E953B1E963C3AA254E2F1E6FFFFFFFFFFFFE3F1E73AA2541D953B1D963D1E953C1E963C1E963C1D963B39A254E2F1E6FFFFFFFFFFFFE2F1E63AA2541E963C1D973C1E963C1E953C1E963C1E963C3BA355E3F1E7FFFFFFFFFFFFE3F1E63AA2541F973D1F963C1D963C1E963D1E973B1E963B3AA254E3F1E6FFFFFFFFFFFFE3F1E63AA2541E953C1E963C1D963C1F973E1E963C1E963B3AA254E2F1E6FFFFFFFFFFFFE2F1E63AA2541D953B1E963C1E963C1F973C1E963C1E963C39A354E2F1E6FFFFFFFFFFFFE7F3EA59B06F41A55A41A65A42A65A41A65A41A65A42A65B5AB06FE7F3EAFFFFFFFFFFFFFCFEFDEBF5EDE9F4EBE9F4EAE9F4EBE9F4EBE9F4EBE9F4EBECF5EEFCFDFCFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF');
INSERT INTO "blobs" VALUES('6c80065127a3d50f52d380621ba4ffa8e01119364218a0e5067f957dc95d6dfc','2026-11-30 02:57:46.380183',NULL,NULL,'2026-11-30 02:57:52.221317','fe6b94908594d8c7',X'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFBFCFDE3E7F5DFE3F3DEE3F3DEE3F3DFE3F3DFE3F3DEE3F3E3E7F5FBFCFDFFFFFFFFFFFFE6E9F65068C93752C33752C23651C23851C23851C23851C25067C8E6E9F6FFFFFFFFFFFFE3E7F53954C41E3CBE1F3CBF1F3CBF1E3CBF1E3BBE1F3BBE3B53C4E3E6F5FFFFFFFFFFFFE3E7F53A54C41D3BBE1E3CBE1E3CBE1E3CBE1E3CBE1D3BBD3953C3E3E6F5FFFFFFFFFFFFE3E6F53A54C51E3CBF1E3CBE1E3CBE1D3CBE1E3CBE1E3CBE3B55C4E3E7F5FFFFFFFFFFFFE3E7F53A54C41F3DBE1F3DBC1D3DBF1E3CBF1E3DBC1E3CBF3A54C5E3E7F5FFFFFFFFFFFFE3E7F53A54C41E3CBD1E3CBD1D3CBE1F3DBF1E3CBD1E3BBF3A54C5E2E7F5FFFFFFFFFFFFE3E6F53A54C41D3BBD1E3CBE1E3CBE1E3DBE1E3CBE1E3CC03855C5E2E6F5FFFFFFFFFFFFE7EAF65A6FCB415AC5415AC6425BC6415AC6415AC6425BC6596FCCE7EAF6FFFFFFFFFFFFFCFDFEEBEEF7E8ECF5E9ECF5E9ECF6E9EBF6E9ECF7E9ECF6ECEEF7FCFDFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF');
INSERT INTO "blobs" VALUES('3328af799e6c5fb421e3a88f6041b035e1d84f1affe7ca41b5462ba6400200b2','2026-11-30 02:57:46.584985',NULL,NULL,'2026-11-30 02:57:52.361094','fa6b949c8594d8c3',X'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFEFBFAF8E4FAF7DFFAF7E0FAF7DFFAF7E0FAF7DFFAF7E0FBF8E4FEFEFBFFFFFFFFFFFFFCF9E7EAD45AE8CE42E8CE41E7CE41E7CE41E8CE41E8CE41EAD359FBF9E7FFFFFFFFFFFFFBF8E4E8CE43E6C828E5C928E4C927E5C827E5C727E6C827E8CE43FBF8E3FFFFFFFFFFFFFBF8E4E8CF44E5C828E5C828E5C727E5C827E6C828E5C827E7CE43FBF8E4FFFFFFFFFFFFFBF8E4E7CF45E5C829E6C828E6C828E5C727E6C828E6C828E8CE43FBF8E4FFFFFFFFFFFFFBF8E4E8CE43E7C929E7C828E5C82AE6C829E6C927E6C829E8CF45FBF8E4FFFFFFFFFFFFFBF8E4E8CF43E6C727E6C728E5C72AE7C929E6C828E7C729E8CE45FBF8E4FFFFFFFFFFFFFBF8E3E8CE43E5C727E6C829E6C829E6C828E6C828E7C829E7CF44FBF8E3FFFFFFFFFFFFFCF9E8ECD661E9D04AE8D14AE8D14AE8D14AE8D14AE9D14BEBD761FCF9E8FFFFFFFFFFFFFEFEFCFCFAECFCF9E9FBF9E9FBF9E9FBF9E9FBF9E9FBFAE9FCFAECFEFEFCFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF');
CREATE TABLE collections (
	name VARCHAR(250) NOT NULL, 
	model_version VARCHAR(100) NOT NULL, 
	preprocess_version VARCHAR(100) NOT NULL, 
	dimension INTEGER NOT NULL, 
	active BOOLEAN NOT NULL, 
	activated_at DATETIME, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, text_share DOUBLE DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_collections PRIMARY KEY (id), 
	CONSTRAINT uq_collections_name UNIQUE (name)
);
INSERT INTO "collections" VALUES('tiny-1__p1-m150-reflect-64','tiny-1','p1-m150-reflect-64',32,1,'2026-11-30 02:57:42.712592','01a22a63-0772-7781-b94a-4aa395900be3','2026-11-30 02:57:42.770251',0.0);
CREATE TABLE crop_embeddings (
	crop_id VARCHAR(36) NOT NULL, 
	model_version VARCHAR(100) NOT NULL, 
	preprocess_version VARCHAR(100) NOT NULL, 
	vector BLOB NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_crop_embeddings PRIMARY KEY (id), 
	CONSTRAINT fk_crop_embeddings_crop_id_crops FOREIGN KEY(crop_id) REFERENCES crops (id) ON DELETE CASCADE, 
	CONSTRAINT uq_crop_embeddings_crop_id_model_version_preprocess_version UNIQUE (crop_id, model_version, preprocess_version)
);
INSERT INTO "crop_embeddings" VALUES('01a22a63-1c66-7236-b476-13bcb03c9536','tiny-1','p1-m150-reflect-64',X'84F2C8BDC8E4DB3DA95C2F3DDB8653BE14F6F73DF4C0C53DE8D073BD7EA0C3BD3E82E33EF630603DA670C43DB087F7BE1BF60D3E0F75323EB9825D3E8A4300BEEF1289BDBD14003E123A41BE4A4D313E22230F3E8A65B13EE7B56D3DC7EDE7BD854D73BD874EF73D84FE173D7D42CD3DACE30FBE4E001FBEE1FE2ABDB9E6233E','01a22a63-1cd1-70a9-97e8-b4b5d3531696','2026-11-30 02:57:48.241645');
INSERT INTO "crop_embeddings" VALUES('01a22a63-2060-7017-a497-cff74d97ec23','tiny-1','p1-m150-reflect-64',X'029690BD473D1DBC1530E53D1EB0ECBD807EAB3D793EE43D2DAAC9BD6A3671BE5B44BC3E6276CDBCF0AD7F3E12A1BCBEF445C33D47AE8A3E0A3BBD3E38E020BE8C59DBBC590F723DDE75B1BD0DFB3E3ECDDD023E8CAB763E0A1F473D2FB0D3BD4DE389BD130A5C3E0052573D7BB0263E83A244BDB79D8CBE4746833DC05DD73D','01a22a63-2062-7704-9c68-3e3a2d7ff147','2026-11-30 02:57:49.154041');
INSERT INTO "crop_embeddings" VALUES('01a22a63-2266-7089-b244-57919ad2528c','tiny-1','p1-m150-reflect-64',X'45A1D6BD79E9913D31A3AB3D8AA123BEAFD6DB3DF64D0A3ECD5281BD4A3187BEEA9E753EFE71ABBC1AC3663E6B95C4BE1032A53DC58E483EC897A23E17BABABD19A789BCB212BE3D0E1010BE335C223E4FD6083E9C94633E448B613E953EDBBDEAA336BD8FD88F3EF132893DE996413EBED45B3C4FBF6FBEE1BAA63DBE2A8B3E','01a22a63-2267-745b-9ab3-02d11a39e41b','2026-11-30 02:57:49.671360');
INSERT INTO "crop_embeddings" VALUES('01a22a63-25b6-73e6-9579-a3f9f4b4864c','tiny-1','p1-m150-reflect-64',X'FEE4DEBD9F09A43BB18E713DEBBFFBBD2D5BDF3D109F883D20CF87BD852912BE60F60A3F2382C63D722DA33D52B2D4BEFE31053EEEF06A3E155D943EF3BFD4BD2425C4BDC7B6A53C1EEDE1BD8DC64D3E1B30393E6846933EC73DD1BC42BCABBD630366BDF8347A3D0B89DC3CA503163ED03C22BE920A39BE84A865BD4A459D3D','01a22a63-25ef-7471-bfe9-7d039f1a221a','2026-11-30 02:57:50.575312');
CREATE TABLE crops (
	image_id VARCHAR(36) NOT NULL, 
	x1 FLOAT NOT NULL, 
	y1 FLOAT NOT NULL, 
	x2 FLOAT NOT NULL, 
	y2 FLOAT NOT NULL, 
	kind VARCHAR(50) NOT NULL, 
	score FLOAT NOT NULL, 
	verdict VARCHAR(20) NOT NULL, 
	reason VARCHAR(50), 
	detector VARCHAR(100) NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, verdict_source VARCHAR(20) DEFAULT 'model' NOT NULL, measures JSON DEFAULT '{}' NOT NULL, primary_score FLOAT, primary_parts JSON DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_crops PRIMARY KEY (id), 
	CONSTRAINT fk_crops_image_id_images FOREIGN KEY(image_id) REFERENCES images (id) ON DELETE CASCADE
);
INSERT INTO "crops" VALUES('01a22a63-1447-77f9-95c4-c7b217c381a5',0.0,0.0,96.0,128.0,'whole',1.0,'kept','stands_in','none','01a22a63-1c66-7236-b476-13bcb03c9536','2026-11-30 02:57:48.240892','model','{"sharpness": null, "colour_spread": null, "garment": null, "colours": [[1.0, 43.2, 62.9, 39.95]]}',0.4,'{"text": 0.0, "kind": 0.0, "size": 1.0, "centre": 1.0, "detector": 1.0, "first": 1.0}');
INSERT INTO "crops" VALUES('01a22a63-152f-7112-bd2b-8babe6a57f50',0.0,0.0,96.0,128.0,'whole',1.0,'kept','stands_in','none','01a22a63-2060-7017-a497-cff74d97ec23','2026-11-30 02:57:49.153671','model','{"sharpness": null, "colour_spread": null, "garment": null, "colours": [[1.0, 54.44, -50.91, 37.59]]}',0.4,'{"text": 0.0, "kind": 0.0, "size": 1.0, "centre": 1.0, "detector": 1.0, "first": 1.0}');
INSERT INTO "crops" VALUES('01a22a63-15cf-74ab-9794-976c322323ba',0.0,0.0,96.0,128.0,'whole',1.0,'kept','stands_in','none','01a22a63-2266-7089-b244-57919ad2528c','2026-11-30 02:57:49.671158','model','{"sharpness": null, "colour_spread": null, "garment": null, "colours": [[1.0, 32.31, 38.41, -70.18]]}',0.4,'{"text": 0.0, "kind": 0.0, "size": 1.0, "centre": 1.0, "detector": 1.0, "first": 1.0}');
INSERT INTO "crops" VALUES('01a22a63-1690-73fd-b463-548e3740ee3b',0.0,0.0,96.0,128.0,'whole',1.0,'kept','stands_in','none','01a22a63-25b6-73e6-9579-a3f9f4b4864c','2026-11-30 02:57:50.574980','model','{"sharpness": null, "colour_spread": null, "garment": null, "colours": [[1.0, 80.89, -4.6, 75.1]]}',0.4,'{"text": 0.0, "kind": 0.0, "size": 1.0, "centre": 1.0, "detector": 1.0, "first": 1.0}');
CREATE TABLE images (
	product_id VARCHAR(36), 
	sha256 VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	media_type VARCHAR(50) NOT NULL, 
	bytes INTEGER NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	created_by VARCHAR(36), 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	deleted_at DATETIME, source_url TEXT DEFAULT '' NOT NULL, source VARCHAR(20) DEFAULT 'person' NOT NULL, 
	CONSTRAINT pk_images PRIMARY KEY (id), 
	CONSTRAINT fk_images_created_by_users FOREIGN KEY(created_by) REFERENCES users (id), 
	CONSTRAINT fk_images_product_id_products FOREIGN KEY(product_id) REFERENCES products (id)
);
INSERT INTO "images" VALUES('01a22a63-12c8-711b-9cb5-fff475d819d2','cabe5f45d9f6fa927fa0efb00c0b023cfb8432a593b0a8b67863328e84e9ce44','0.jpg','image/jpeg',1600,96,128,0,NULL,'01a22a63-1447-77f9-95c4-c7b217c381a5','2026-11-30 02:57:46.057471',NULL,'','person');
INSERT INTO "images" VALUES('01a22a63-14c4-7250-be1f-607ca673f186','dbb249914e4e4a699e9d13a53857112e6accd192ef5168ecaa6a6592462bd513','0.jpg','image/jpeg',1578,96,128,0,NULL,'01a22a63-152f-7112-bd2b-8babe6a57f50','2026-11-30 02:57:46.288570',NULL,'','person');
INSERT INTO "images" VALUES('01a22a63-155c-718e-bfb8-92ba43264d91','6c80065127a3d50f52d380621ba4ffa8e01119364218a0e5067f957dc95d6dfc','0.jpg','image/jpeg',1596,96,128,0,NULL,'01a22a63-15cf-74ab-9794-976c322323ba','2026-11-30 02:57:46.448689',NULL,'','person');
INSERT INTO "images" VALUES('01a22a63-1610-7415-9e38-c757573de67f','3328af799e6c5fb421e3a88f6041b035e1d84f1affe7ca41b5462ba6400200b2','0.jpg','image/jpeg',1531,96,128,0,NULL,'01a22a63-1690-73fd-b463-548e3740ee3b','2026-11-30 02:57:46.641058',NULL,'','person');
CREATE TABLE import_results (
	job_id VARCHAR(36) NOT NULL, 
	format VARCHAR(20) NOT NULL, 
	dry_run BOOLEAN NOT NULL, 
	columns JSON NOT NULL, 
	counts JSON NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, details JSON DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_import_results PRIMARY KEY (id), 
	CONSTRAINT fk_import_results_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT uq_import_results_job_id UNIQUE (job_id)
);
CREATE TABLE indexing_results (
	job_id VARCHAR(36) NOT NULL, 
	product_id VARCHAR(36) NOT NULL, 
	model_version VARCHAR(100) NOT NULL, 
	preprocess_version VARCHAR(100) NOT NULL, 
	detector VARCHAR(100) NOT NULL, 
	primary_crop_id VARCHAR(36), 
	images INTEGER NOT NULL, 
	crops INTEGER NOT NULL, 
	kept INTEGER NOT NULL, 
	milliseconds JSON NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_indexing_results PRIMARY KEY (id), 
	CONSTRAINT fk_indexing_results_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT fk_indexing_results_product_id_products FOREIGN KEY(product_id) REFERENCES products (id), 
	CONSTRAINT uq_indexing_results_job_id UNIQUE (job_id)
);
INSERT INTO "indexing_results" VALUES('01a22a63-147f-7209-9a19-764d4a578052','01a22a63-12c8-711b-9cb5-fff475d819d2','tiny-1','p1-m150-reflect-64','none','01a22a63-1c66-7236-b476-13bcb03c9536',1,1,1,'{"decode": 0.478, "detect": 0.034, "prepare": 0.678, "embed": 14.803, "judge": 1.296, "label": 0.195}','01a22a63-1d4d-71c6-be5d-d4f67e4a262a','2026-11-30 02:57:48.365307');
INSERT INTO "indexing_results" VALUES('01a22a63-1531-73c4-a46a-b19202421731','01a22a63-14c4-7250-be1f-607ca673f186','tiny-1','p1-m150-reflect-64','none','01a22a63-2060-7017-a497-cff74d97ec23',1,1,1,'{"decode": 0.5, "detect": 0.034, "prepare": 0.707, "embed": 93.138, "judge": 72.789, "label": 0.285}','01a22a63-20b1-70a2-a344-2244803b7343','2026-11-30 02:57:49.234019');
INSERT INTO "indexing_results" VALUES('01a22a63-15d1-775d-bd78-6842115ab83b','01a22a63-155c-718e-bfb8-92ba43264d91','tiny-1','p1-m150-reflect-64','none','01a22a63-2266-7089-b244-57919ad2528c',1,1,1,'{"decode": 0.494, "detect": 0.037, "prepare": 0.724, "embed": 10.827, "judge": 1.313, "label": 0.199}','01a22a63-22d5-7196-98e0-f05f6eb7117b','2026-11-30 02:57:49.781426');
INSERT INTO "indexing_results" VALUES('01a22a63-1692-73b1-9126-44841efa7fc7','01a22a63-1610-7415-9e38-c757573de67f','tiny-1','p1-m150-reflect-64','none','01a22a63-25b6-73e6-9579-a3f9f4b4864c',1,1,1,'{"decode": 0.414, "detect": 0.039, "prepare": 0.62, "embed": 0.211, "judge": 9.34, "label": 0.199}','01a22a63-2647-700a-bd54-5217eeb4ac61','2026-11-30 02:57:50.663805');
CREATE TABLE jobs (
	kind VARCHAR(30) NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	product_id VARCHAR(36), 
	payload JSON NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	error_code VARCHAR(50), 
	error_message TEXT, 
	idempotency_key VARCHAR(200), 
	created_by VARCHAR(36), 
	not_before DATETIME, 
	sent_at DATETIME, 
	started_at DATETIME, 
	finished_at DATETIME, 
	cancel_asked_at DATETIME, 
	lease_token VARCHAR(36), 
	lease_until DATETIME, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT ck_jobs_status CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')), 
	CONSTRAINT fk_jobs_created_by_users FOREIGN KEY(created_by) REFERENCES users (id), 
	CONSTRAINT fk_jobs_product_id_products FOREIGN KEY(product_id) REFERENCES products (id)
);
INSERT INTO "jobs" VALUES('purge','succeeded',NULL,'{"policy": {"every": 3600.0, "deleted_days": 30.0, "queries_days": 30.0, "replies_days": 2.0, "jobs_days": 14.0, "uploads_days": 2.0}}',8,8,1,NULL,NULL,NULL,NULL,NULL,'2026-11-30 02:57:45.311082','2026-11-30 02:57:45.787682','2026-11-30 02:57:47.861586',NULL,NULL,NULL,'01a22a63-115f-753a-b38b-fbdc6c8bdf31','2026-11-30 02:57:45.414429');
INSERT INTO "jobs" VALUES('index','succeeded','01a22a63-12c8-711b-9cb5-fff475d819d2','{}',0,0,1,NULL,NULL,NULL,NULL,NULL,'2026-11-30 02:57:46.111696','2026-11-30 02:57:46.235789','2026-11-30 02:57:48.945467',NULL,NULL,NULL,'01a22a63-147f-7209-9a19-764d4a578052','2026-11-30 02:57:46.113384');
INSERT INTO "jobs" VALUES('index','succeeded','01a22a63-14c4-7250-be1f-607ca673f186','{}',0,0,1,NULL,NULL,NULL,NULL,NULL,'2026-11-30 02:57:46.289620','2026-11-30 02:57:47.959215','2026-11-30 02:57:49.613311',NULL,NULL,NULL,'01a22a63-1531-73c4-a46a-b19202421731','2026-11-30 02:57:46.290206');
INSERT INTO "jobs" VALUES('index','succeeded','01a22a63-155c-718e-bfb8-92ba43264d91','{}',0,0,1,NULL,NULL,NULL,NULL,NULL,'2026-11-30 02:57:46.449599','2026-11-30 02:57:49.031875','2026-11-30 02:57:50.010555',NULL,NULL,NULL,'01a22a63-15d1-775d-bd78-6842115ab83b','2026-11-30 02:57:46.450176');
INSERT INTO "jobs" VALUES('index','succeeded','01a22a63-1610-7415-9e38-c757573de67f','{}',0,0,1,NULL,NULL,NULL,NULL,NULL,'2026-11-30 02:57:46.642137','2026-11-30 02:57:49.782422','2026-11-30 02:57:51.332868',NULL,NULL,NULL,'01a22a63-1692-73b1-9126-44841efa7fc7','2026-11-30 02:57:46.642719');
INSERT INTO "jobs" VALUES('thumbnails','succeeded',NULL,'{}',4,4,1,NULL,NULL,NULL,NULL,NULL,'2026-11-30 02:57:46.792734','2026-11-30 02:57:50.063358','2026-11-30 02:57:52.441546',NULL,NULL,NULL,'01a22a63-1728-7391-8832-c7b29ec59646','2026-11-30 02:57:46.793561');
INSERT INTO "jobs" VALUES('publish','succeeded','01a22a63-1610-7415-9e38-c757573de67f','{}',0,0,1,NULL,NULL,NULL,NULL,NULL,'2026-11-30 02:57:52.672763','2026-11-30 02:57:52.717321','2026-11-30 02:57:52.942743',NULL,NULL,NULL,'01a22a63-2e20-720d-99cf-9600d1fda1df','2026-11-30 02:57:52.673103');
CREATE TABLE labels (
	product_id VARCHAR(36) NOT NULL, 
	crop_id VARCHAR(36), 
	facet VARCHAR(50) NOT NULL, 
	value VARCHAR(100) NOT NULL, 
	score FLOAT NOT NULL, 
	source VARCHAR(20) NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_labels PRIMARY KEY (id), 
	CONSTRAINT ck_labels_whose CHECK ((source = 'person') = (crop_id IS NULL)), 
	CONSTRAINT fk_labels_product_id_products FOREIGN KEY(product_id) REFERENCES products (id) ON DELETE CASCADE, 
	CONSTRAINT ck_labels_source CHECK (source IN ('model', 'person')), 
	CONSTRAINT fk_labels_crop_id_crops FOREIGN KEY(crop_id) REFERENCES crops (id) ON DELETE CASCADE
);
CREATE TABLE model_versions (
	role VARCHAR(20) NOT NULL, 
	version VARCHAR(100) NOT NULL, 
	card JSON NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_model_versions PRIMARY KEY (id), 
	CONSTRAINT ck_model_versions_role CHECK (role IN ('encoder', 'detector')), 
	CONSTRAINT uq_model_versions_role_version UNIQUE (role, version)
);
INSERT INTO "model_versions" VALUES('encoder','tiny-1','{}','01a22a63-06d6-7567-94d8-6b2911b56bfc','2026-11-30 02:57:42.614921');
INSERT INTO "model_versions" VALUES('detector','none','{}','01a22a63-0705-7580-ad29-c4118b931f06','2026-11-30 02:57:42.661389');
CREATE TABLE product_changes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	product_id VARCHAR(36), 
	txid INTEGER, 
	changed_at INTEGER NOT NULL
);
INSERT INTO "product_changes" VALUES(1,NULL,NULL,1796007459);
INSERT INTO "product_changes" VALUES(2,'01a22a63-12c8-711b-9cb5-fff475d819d2',NULL,1796007465);
INSERT INTO "product_changes" VALUES(3,'01a22a63-12c8-711b-9cb5-fff475d819d2',NULL,1796007466);
INSERT INTO "product_changes" VALUES(4,'01a22a63-14c4-7250-be1f-607ca673f186',NULL,1796007466);
INSERT INTO "product_changes" VALUES(5,'01a22a63-14c4-7250-be1f-607ca673f186',NULL,1796007466);
INSERT INTO "product_changes" VALUES(6,'01a22a63-155c-718e-bfb8-92ba43264d91',NULL,1796007466);
INSERT INTO "product_changes" VALUES(7,'01a22a63-155c-718e-bfb8-92ba43264d91',NULL,1796007466);
INSERT INTO "product_changes" VALUES(8,'01a22a63-1610-7415-9e38-c757573de67f',NULL,1796007466);
INSERT INTO "product_changes" VALUES(9,'01a22a63-1610-7415-9e38-c757573de67f',NULL,1796007466);
INSERT INTO "product_changes" VALUES(10,'01a22a63-12c8-711b-9cb5-fff475d819d2',NULL,1796007468);
INSERT INTO "product_changes" VALUES(11,'01a22a63-14c4-7250-be1f-607ca673f186',NULL,1796007469);
INSERT INTO "product_changes" VALUES(12,'01a22a63-155c-718e-bfb8-92ba43264d91',NULL,1796007469);
INSERT INTO "product_changes" VALUES(13,'01a22a63-1610-7415-9e38-c757573de67f',NULL,1796007470);
INSERT INTO "product_changes" VALUES(14,'01a22a63-1610-7415-9e38-c757573de67f',NULL,1796007472);
CREATE TABLE products (
	external_id VARCHAR(200) NOT NULL, 
	title VARCHAR(500) NOT NULL, 
	description TEXT NOT NULL, 
	category VARCHAR(200) NOT NULL, 
	colour VARCHAR(100) NOT NULL, 
	brand VARCHAR(200) NOT NULL, 
	gender VARCHAR(50) NOT NULL, 
	price BIGINT, 
	currency VARCHAR(3) NOT NULL, 
	attributes JSON NOT NULL, 
	primary_crop_id VARCHAR(36), 
	created_by VARCHAR(36), 
	updated_at DATETIME NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	deleted_at DATETIME, primary_source VARCHAR(20) DEFAULT 'model' NOT NULL, status VARCHAR(20) DEFAULT 'active' NOT NULL, 
	CONSTRAINT pk_products PRIMARY KEY (id), 
	CONSTRAINT fk_products_primary_crop_id_crops FOREIGN KEY(primary_crop_id) REFERENCES crops (id) ON DELETE SET NULL, 
	CONSTRAINT ck_products_price_not_negative CHECK (price IS NULL OR price >= 0), 
	CONSTRAINT fk_products_created_by_users FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "products" VALUES('red','red shirt','','','','','',100000,'EUR','{}','01a22a63-1c66-7236-b476-13bcb03c9536',NULL,'2026-11-30 02:57:48.362779','01a22a63-12c8-711b-9cb5-fff475d819d2','2026-11-30 02:57:45.755319',NULL,'model','active');
INSERT INTO "products" VALUES('green','green shirt','','','','','',110000,'EUR','{}','01a22a63-2060-7017-a497-cff74d97ec23',NULL,'2026-11-30 02:57:49.232030','01a22a63-14c4-7250-be1f-607ca673f186','2026-11-30 02:57:46.181381',NULL,'model','active');
INSERT INTO "products" VALUES('blue','blue shirt','','','','','',120000,'EUR','{}','01a22a63-2266-7089-b244-57919ad2528c',NULL,'2026-11-30 02:57:49.702160','01a22a63-155c-718e-bfb8-92ba43264d91','2026-11-30 02:57:46.333408',NULL,'model','active');
INSERT INTO "products" VALUES('yellow','yellow shirt','','','','','',130000,'EUR','{}','01a22a63-25b6-73e6-9579-a3f9f4b4864c',NULL,'2026-11-30 02:57:52.610564','01a22a63-1610-7415-9e38-c757573de67f','2026-11-30 02:57:46.513432','2026-11-30 02:57:52.609750','model','active');
CREATE TABLE query_results (
	job_id VARCHAR(36), 
	user_id VARCHAR(36), 
	collection VARCHAR(250) NOT NULL, 
	"query" JSON NOT NULL, 
	hits JSON NOT NULL, 
	milliseconds FLOAT NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, summary JSON DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_query_results PRIMARY KEY (id), 
	CONSTRAINT fk_query_results_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT fk_query_results_user_id_users FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT uq_query_results_job_id UNIQUE (job_id)
);
INSERT INTO "query_results" VALUES(NULL,NULL,'tiny-1__p1-m150-reflect-64','{"upload_id": null, "product_id": null, "text": "", "not_text": "", "weight": 0.5, "limit": 20, "box": [0.0, 0.0, 96.0, 128.0], "item": null, "group_by": null, "filters": {}, "sort": "relevance", "min_level": null, "photo": true, "understood": {"kind": "photo", "wanted": {}, "avoided": {}}}','[{"product_id": "01a22a63-12c8-711b-9cb5-fff475d819d2", "image_id": "01a22a63-1447-77f9-95c4-c7b217c381a5", "crop_id": "01a22a63-1c66-7236-b476-13bcb03c9536", "score": 0.9999992102717132, "rank": 1, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 0.09, "parts": {"image": 1.0}, "moved": 0}}, {"product_id": "01a22a63-14c4-7250-be1f-607ca673f186", "image_id": "01a22a63-152f-7112-bd2b-8babe6a57f50", "crop_id": "01a22a63-2060-7017-a497-cff74d97ec23", "score": 0.8931610720395825, "rank": 2, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 70.64, "parts": {"image": 0.8932}, "moved": 0}}, {"product_id": "01a22a63-155c-718e-bfb8-92ba43264d91", "image_id": "01a22a63-15cf-74ab-9794-976c322323ba", "crop_id": "01a22a63-2266-7089-b244-57919ad2528c", "score": 0.8673805586995238, "rank": 3, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 43.21, "parts": {"image": 0.8674}, "moved": 0}}]',2293.474,'01a22a63-38ca-7164-89c1-ef4b8f406469','2026-11-30 02:57:55.420103','{"total": 3, "facets": {"category": [], "colour": [], "gender": [], "brand": [], "availability": []}, "price_range": ["10.00", "12.00"], "next_cursor": null}');
INSERT INTO "query_results" VALUES(NULL,NULL,'tiny-1__p1-m150-reflect-64','{"upload_id": null, "product_id": null, "text": "", "not_text": "", "weight": 0.5, "limit": 20, "box": [0.0, 0.0, 96.0, 128.0], "item": null, "group_by": null, "filters": {}, "sort": "relevance", "min_level": null, "photo": true, "understood": {"kind": "photo", "wanted": {}, "avoided": {}}}','[{"product_id": "01a22a63-14c4-7250-be1f-607ca673f186", "image_id": "01a22a63-152f-7112-bd2b-8babe6a57f50", "crop_id": "01a22a63-2060-7017-a497-cff74d97ec23", "score": 0.9999996263941012, "rank": 1, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 0.07, "parts": {"image": 1.0}, "moved": 0}}, {"product_id": "01a22a63-155c-718e-bfb8-92ba43264d91", "image_id": "01a22a63-15cf-74ab-9794-976c322323ba", "crop_id": "01a22a63-2266-7089-b244-57919ad2528c", "score": 0.9411778409617575, "rank": 2, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 58.3, "parts": {"image": 0.9412}, "moved": 0}}, {"product_id": "01a22a63-12c8-711b-9cb5-fff475d819d2", "image_id": "01a22a63-1447-77f9-95c4-c7b217c381a5", "crop_id": "01a22a63-1c66-7236-b476-13bcb03c9536", "score": 0.8935020793751351, "rank": 3, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 70.61, "parts": {"image": 0.8935}, "moved": 0}}]',130.596,'01a22a63-398f-717e-99a8-6397d7188654','2026-11-30 02:57:55.648361','{"total": 3, "facets": {"category": [], "colour": [], "gender": [], "brand": [], "availability": []}, "price_range": ["10.00", "12.00"], "next_cursor": null}');
INSERT INTO "query_results" VALUES(NULL,NULL,'tiny-1__p1-m150-reflect-64','{"upload_id": null, "product_id": null, "text": "", "not_text": "", "weight": 0.5, "limit": 20, "box": [0.0, 0.0, 96.0, 128.0], "item": null, "group_by": null, "filters": {}, "sort": "relevance", "min_level": null, "photo": true, "understood": {"kind": "photo", "wanted": {}, "avoided": {}}}','[{"product_id": "01a22a63-155c-718e-bfb8-92ba43264d91", "image_id": "01a22a63-15cf-74ab-9794-976c322323ba", "crop_id": "01a22a63-2266-7089-b244-57919ad2528c", "score": 0.9999994565053241, "rank": 1, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 0.06, "parts": {"image": 1.0}, "moved": 0}}, {"product_id": "01a22a63-14c4-7250-be1f-607ca673f186", "image_id": "01a22a63-152f-7112-bd2b-8babe6a57f50", "crop_id": "01a22a63-2060-7017-a497-cff74d97ec23", "score": 0.9410999264313087, "rank": 2, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 58.32, "parts": {"image": 0.9411}, "moved": 0}}, {"product_id": "01a22a63-12c8-711b-9cb5-fff475d819d2", "image_id": "01a22a63-1447-77f9-95c4-c7b217c381a5", "crop_id": "01a22a63-1c66-7236-b476-13bcb03c9536", "score": 0.8677561108462288, "rank": 3, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 43.15, "parts": {"image": 0.8678}, "moved": 0}}]',150.997,'01a22a63-3a77-7736-aa56-285031a4fed8','2026-11-30 02:57:55.832346','{"total": 3, "facets": {"category": [], "colour": [], "gender": [], "brand": [], "availability": []}, "price_range": ["10.00", "12.00"], "next_cursor": null}');
INSERT INTO "query_results" VALUES(NULL,NULL,'tiny-1__p1-m150-reflect-64','{"upload_id": null, "product_id": null, "text": "", "not_text": "", "weight": 0.5, "limit": 20, "box": [0.0, 0.0, 96.0, 128.0], "item": null, "group_by": null, "filters": {}, "sort": "relevance", "min_level": null, "photo": true, "understood": {"kind": "photo", "wanted": {}, "avoided": {}}}','[{"product_id": "01a22a63-12c8-711b-9cb5-fff475d819d2", "image_id": "01a22a63-1447-77f9-95c4-c7b217c381a5", "crop_id": "01a22a63-1c66-7236-b476-13bcb03c9536", "score": 0.953947755370509, "rank": 1, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 55.55, "parts": {"image": 0.9539}, "moved": 0}}, {"product_id": "01a22a63-14c4-7250-be1f-607ca673f186", "image_id": "01a22a63-152f-7112-bd2b-8babe6a57f50", "crop_id": "01a22a63-2060-7017-a497-cff74d97ec23", "score": 0.907541281780645, "rank": 2, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 35.02, "parts": {"image": 0.9075}, "moved": 0}}, {"product_id": "01a22a63-155c-718e-bfb8-92ba43264d91", "image_id": "01a22a63-15cf-74ab-9794-976c322323ba", "crop_id": "01a22a63-2266-7089-b244-57919ad2528c", "score": 0.8092401856947427, "rank": 3, "level": null, "reasons": {"agree": [], "differ": [], "colour_distance": 82.33, "parts": {"image": 0.8092}, "moved": 0}}]',134.995,'01a22a63-3b35-7288-b17b-124ebe7b6eaa','2026-11-30 02:57:56.021795','{"total": 3, "facets": {"category": [], "colour": [], "gender": [], "brand": [], "availability": []}, "price_range": ["10.00", "12.00"], "next_cursor": null}');
CREATE TABLE refresh_tokens (
	sign_in_id VARCHAR(36) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	used_at DATETIME, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_refresh_tokens PRIMARY KEY (id), 
	CONSTRAINT fk_refresh_tokens_sign_in_id_sign_ins FOREIGN KEY(sign_in_id) REFERENCES sign_ins (id), 
	CONSTRAINT uq_refresh_tokens_token_hash UNIQUE (token_hash)
);
CREATE TABLE replies (
	user_id VARCHAR(36) NOT NULL, 
	idempotency_key VARCHAR(200) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	status INTEGER NOT NULL, 
	body JSON NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_replies PRIMARY KEY (id), 
	CONSTRAINT fk_replies_user_id_users FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT uq_replies_user_id_idempotency_key UNIQUE (user_id, idempotency_key)
);
CREATE TABLE retention_results (
	job_id VARCHAR(36) NOT NULL, 
	counts JSON NOT NULL, 
	notes JSON NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_retention_results PRIMARY KEY (id), 
	CONSTRAINT fk_retention_results_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id), 
	CONSTRAINT uq_retention_results_job_id UNIQUE (job_id)
);
INSERT INTO "retention_results" VALUES('01a22a63-115f-753a-b38b-fbdc6c8bdf31','{}','[]','01a22a63-1b56-7778-89c4-0c22e00f163a','2026-11-30 02:57:47.862285');
CREATE TABLE "reviews" (
	product_id VARCHAR(36) NOT NULL, 
	crop_id VARCHAR(36), 
	action VARCHAR(50) NOT NULL, 
	"before" JSON NOT NULL, 
	"after" JSON NOT NULL, 
	created_by VARCHAR(36), 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_reviews PRIMARY KEY (id), 
	CONSTRAINT fk_reviews_product_id_products FOREIGN KEY(product_id) REFERENCES products (id), 
	CONSTRAINT fk_reviews_created_by_users FOREIGN KEY(created_by) REFERENCES users (id)
);
INSERT INTO "reviews" VALUES('01a22a63-1610-7415-9e38-c757573de67f',NULL,'delete','{}','{}',NULL,'01a22a63-2de1-749c-8ede-256aabd3191f','2026-11-30 02:57:52.611361');
CREATE TABLE sign_in_attempts (
	email VARCHAR(320) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_sign_in_attempts PRIMARY KEY (id)
);
CREATE TABLE sign_ins (
	user_id VARCHAR(36) NOT NULL, 
	expires_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	revoked_reason VARCHAR(50), 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_sign_ins PRIMARY KEY (id), 
	CONSTRAINT fk_sign_ins_user_id_users FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE TABLE text_embeddings (
	product_id VARCHAR(36) NOT NULL, 
	model_version VARCHAR(100) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	vector BLOB NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_text_embeddings PRIMARY KEY (id), 
	CONSTRAINT fk_text_embeddings_product_id_products FOREIGN KEY(product_id) REFERENCES products (id) ON DELETE CASCADE, 
	CONSTRAINT uq_text_embeddings_product_id_model_version UNIQUE (product_id, model_version)
);
CREATE TABLE users (
	email VARCHAR(320) NOT NULL, 
	password_hash VARCHAR(200) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT ck_users_role CHECK (role IN ('viewer', 'editor', 'reviewer', 'admin'))
);
INSERT INTO "users" VALUES('ada@example.org','$argon2id$v=19$m=65536,t=3,p=4$Pn4C9RdqkoAGAjtpuihl6w$7BLCgWwpoSAY5MpQlFcYH6lTotarRIDWcdqxoxQd/U4','admin','Ada','01a22a63-00f9-744a-ac86-bf24402337db','2026-11-30 02:57:41.113310',NULL);
CREATE TABLE webhook_deliveries (
	webhook_id VARCHAR(36) NOT NULL, 
	event_id VARCHAR(36) NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	attempts INTEGER NOT NULL, 
	not_before DATETIME NOT NULL, 
	lease_token VARCHAR(36), 
	lease_until DATETIME, 
	ended_at DATETIME, 
	log JSON NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id), 
	CONSTRAINT ck_webhook_deliveries_status CHECK (status IN ('pending', 'delivered', 'given_up')), 
	CONSTRAINT fk_webhook_deliveries_event_id_webhook_events FOREIGN KEY(event_id) REFERENCES webhook_events (id) ON DELETE CASCADE, 
	CONSTRAINT fk_webhook_deliveries_webhook_id_webhooks FOREIGN KEY(webhook_id) REFERENCES webhooks (id), 
	CONSTRAINT uq_webhook_deliveries_event_id_webhook_id UNIQUE (event_id, webhook_id)
);
CREATE TABLE webhook_events (
	type VARCHAR(50) NOT NULL, 
	body TEXT NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_webhook_events PRIMARY KEY (id)
);
CREATE TABLE webhooks (
	url VARCHAR(2000) NOT NULL, 
	description VARCHAR(200) NOT NULL, 
	events JSON NOT NULL, 
	seed VARCHAR(64) NOT NULL, 
	secret_hash VARCHAR(64) NOT NULL, 
	earlier_seed VARCHAR(64), 
	earlier_until DATETIME, 
	failing_since DATETIME, 
	disabled_at DATETIME, 
	disabled_reason VARCHAR(200), 
	created_by VARCHAR(36), 
	id VARCHAR(36) NOT NULL, 
	created_at DATETIME NOT NULL, 
	deleted_at DATETIME, 
	CONSTRAINT pk_webhooks PRIMARY KEY (id), 
	CONSTRAINT fk_webhooks_created_by_users FOREIGN KEY(created_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX uq_collections_active ON collections (active) WHERE active;
CREATE INDEX ix_sign_in_attempts_address_created_at ON sign_in_attempts (address, created_at);
CREATE INDEX ix_sign_in_attempts_email_created_at ON sign_in_attempts (email, created_at);
CREATE UNIQUE INDEX uq_users_email_alive ON users (email) WHERE deleted_at IS NULL;
CREATE INDEX ix_api_keys_user_id ON api_keys (user_id);
CREATE INDEX ix_products_primary_crop_id ON products (primary_crop_id);
CREATE UNIQUE INDEX uq_products_external_id_alive ON products (external_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_sign_ins_user_id ON sign_ins (user_id);
CREATE INDEX ix_images_product_id_position ON images (product_id, position);
CREATE INDEX ix_images_sha256 ON images (sha256);
CREATE UNIQUE INDEX uq_images_product_id_sha256_alive ON images (product_id, sha256) WHERE deleted_at IS NULL;
CREATE INDEX ix_jobs_created_by_idempotency_key ON jobs (created_by, idempotency_key);
CREATE INDEX ix_jobs_product_id ON jobs (product_id);
CREATE INDEX ix_jobs_status_created_at ON jobs (status, created_at);
CREATE INDEX ix_refresh_tokens_sign_in_id ON refresh_tokens (sign_in_id);
CREATE INDEX ix_crops_image_id ON crops (image_id);
CREATE INDEX ix_indexing_results_product_id ON indexing_results (product_id);
CREATE INDEX ix_query_results_user_id ON query_results (user_id);
CREATE INDEX ix_products_deleted_at ON products (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ix_images_deleted_at ON images (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ix_users_deleted_at ON users (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ix_api_keys_deleted_at ON api_keys (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ix_product_changes_txid ON product_changes (txid);
CREATE INDEX ix_product_changes_changed_at ON product_changes (changed_at);
CREATE INDEX ix_webhook_events_created_at ON webhook_events (created_at);
CREATE INDEX ix_webhooks_deleted_at ON webhooks (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ix_webhook_deliveries_status_not_before ON webhook_deliveries (status, not_before);
CREATE INDEX ix_webhook_deliveries_webhook_id ON webhook_deliveries (webhook_id, id);
CREATE INDEX ix_blobs_condemned_at ON blobs (condemned_at);
CREATE INDEX ix_blobs_thumbnails_at ON blobs (thumbnails_at);
CREATE INDEX ix_jobs_kind_created_at ON jobs (kind, created_at);
CREATE INDEX ix_reviews_product_id ON reviews (product_id);
CREATE INDEX ix_labels_crop_id ON labels (crop_id);
CREATE INDEX ix_labels_deleted_at ON labels (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE UNIQUE INDEX uq_labels_crop_id_facet_value_alive ON labels (crop_id, facet, value) WHERE deleted_at IS NULL;
CREATE INDEX ix_labels_product_id ON labels (product_id);
CREATE UNIQUE INDEX uq_labels_product_id_facet_value_person ON labels (product_id, facet, value) WHERE source = 'person' AND deleted_at IS NULL;
CREATE TRIGGER note_products_insert AFTER INSERT ON products FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), NEW.id; END;
CREATE TRIGGER note_products_update AFTER UPDATE ON products FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), NEW.id; END;
CREATE TRIGGER note_products_delete AFTER DELETE ON products FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), OLD.id; END;
CREATE TRIGGER note_crop_embeddings_insert AFTER INSERT ON crop_embeddings FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), id FROM products WHERE primary_crop_id = NEW.crop_id; END;
CREATE TRIGGER note_crop_embeddings_update AFTER UPDATE ON crop_embeddings FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), id FROM products WHERE primary_crop_id = NEW.crop_id; END;
CREATE TRIGGER note_crop_embeddings_delete AFTER DELETE ON crop_embeddings FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), id FROM products WHERE primary_crop_id = OLD.crop_id; END;
CREATE TRIGGER note_text_embeddings_insert AFTER INSERT ON text_embeddings FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), NEW.product_id; END;
CREATE TRIGGER note_text_embeddings_update AFTER UPDATE ON text_embeddings FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), NEW.product_id; END;
CREATE TRIGGER note_text_embeddings_delete AFTER DELETE ON text_embeddings FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), OLD.product_id; END;
CREATE TRIGGER note_labels_insert AFTER INSERT ON labels FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), id FROM products WHERE id = NEW.product_id AND (NEW.crop_id IS NULL OR NEW.crop_id = primary_crop_id); END;
CREATE TRIGGER note_labels_update AFTER UPDATE ON labels FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), id FROM products WHERE id = NEW.product_id AND (NEW.crop_id IS NULL OR NEW.crop_id = primary_crop_id); END;
CREATE TRIGGER note_labels_delete AFTER DELETE ON labels FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), id FROM products WHERE id = OLD.product_id AND (OLD.crop_id IS NULL OR OLD.crop_id = primary_crop_id); END;
CREATE TRIGGER note_images_update AFTER UPDATE ON images FOR EACH ROW BEGIN INSERT INTO product_changes (txid, changed_at, product_id) SELECT NULL, CAST(strftime('%s', 'now') AS INTEGER), NEW.product_id WHERE NEW.product_id IS NOT NULL AND (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('product_changes',14);
COMMIT;
