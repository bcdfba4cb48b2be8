BEGIN TRANSACTION;
CREATE TABLE aggregat (
	context VARCHAR(10) NOT NULL, 
	orgnr BIGINT NOT NULL, 
	year SMALLINT NOT NULL, 
	ind_id VARCHAR(40) NOT NULL, 
	var FLOAT NOT NULL, 
	denominator INTEGER NOT NULL, 
	leveranse INTEGER, 
	CONSTRAINT pk_aggregat PRIMARY KEY (context, orgnr, year, ind_id), 
	CONSTRAINT fk_aggregat_leveranse FOREIGN KEY(leveranse) REFERENCES leveranse (id)
);
CREATE TABLE akuttskjema (
	id INTEGER NOT NULL, 
	"SkjemaGUID" VARCHAR(64) NOT NULL, 
	orgnr BIGINT NOT NULL, 
	"PasientGUID" VARCHAR(64), 
	"ForloepID" VARCHAR(64), 
	"PatientAge" SMALLINT, 
	"PatientGender" VARCHAR(6), 
	"Municipal" VARCHAR(40), 
	"Inklusjonskriterium" SMALLINT, 
	"Slagdiagnose" SMALLINT, 
	"BoligforholdPre" SMALLINT, 
	"SivilstatusPre" SMALLINT, 
	"BosituasjonPre" SMALLINT, 
	"ForflytningPre" SMALLINT, 
	"ToalettbesokPre" SMALLINT, 
	"PaakledningPre" SMALLINT, 
	"MRSPre" SMALLINT, 
	"TidlHjerneslag" SMALLINT, 
	"TidlTIA" SMALLINT, 
	"TidlHjerteinfarkt" SMALLINT, 
	"Atrieflimmer" SMALLINT, 
	"AtrieflimmerTidspunkt" SMALLINT, 
	"PreDiabetes" SMALLINT, 
	"RoykerPre" SMALLINT, 
	"BevissthetsgradInnleggelse" SMALLINT, 
	"Facialisparese" SMALLINT, 
	"Armparese" SMALLINT, 
	"Beinparese" SMALLINT, 
	"Spraakproblem" SMALLINT, 
	"AndreFokaleSympt" SMALLINT, 
	"NIHSSinnkomst" SMALLINT, 
	"NIHSSikkeUtfort" BOOLEAN, 
	"NIHSS24timer" SMALLINT, 
	"NIHSS24timerIkkeUtfort" BOOLEAN, 
	"Sidelokalisasjon" SMALLINT, 
	"CerebralCTInn" SMALLINT, 
	"PreASA" SMALLINT, 
	"PreKlopidogrel" SMALLINT, 
	"PreDipyridamol" SMALLINT, 
	"PreWarfarin" SMALLINT, 
	"PreAndreEnnWarfarin" SMALLINT, 
	"PreStatinerLipid" SMALLINT, 
	"PreMedHoytBT" SMALLINT, 
	"Symptomdebut" DATETIME, 
	"VaaknetMedSymptom" SMALLINT, 
	"Innleggelsestidspunkt" DATETIME NOT NULL, 
	"HvorOppstoHjerneslaget" SMALLINT, 
	"AMKvarslet" SMALLINT, 
	"Transportmetode" SMALLINT, 
	"Trombolysealarm" SMALLINT, 
	"PrehospitalStartBekreftet" SMALLINT, 
	"AvdForstInnlagt" SMALLINT, 
	"AvdForstInnlagtHvilken" SMALLINT, 
	"AvdUtskrFra" SMALLINT, 
	"AvdUtskrFraHvilken" SMALLINT, 
	"OverflyttetFraSykehus" SMALLINT, 
	"OverflyttetFraOrgnr" BIGINT, 
	"Vurdertreperfusjon" SMALLINT, 
	"Behandletreperfusjon" SMALLINT, 
	"Trombolyse" SMALLINT, 
	"TrombolyseOrgnr" BIGINT, 
	"TrombolyseStarttid" DATETIME, 
	"TrombolyseDosering" SMALLINT, 
	"NIHSSpreTrombolyse" SMALLINT, 
	"NIHSSetterTrombolyse" SMALLINT, 
	"HjerneblInnen36timer" SMALLINT, 
	"Trombektomi" SMALLINT, 
	"TrombektomiStarttidspunkt" DATETIME, 
	"OkklusjonStoreBlodkar" SMALLINT, 
	"Hemikraniektomi" SMALLINT, 
	"BildediagnostikkHjerne" SMALLINT, 
	"BildediagnostikkEkstrakranKar" SMALLINT, 
	"BildediagnostikkIntraraniell" SMALLINT, 
	"RegistreringHjerterytme" SMALLINT, 
	"Homeostase" SMALLINT, 
	"SvelgtestUtfort" SMALLINT, 
	"MobiliseringInnen48Timer" SMALLINT, 
	"Funksjonsvurderingdaglig" SMALLINT, 
	"TverrfagligVurdering" SMALLINT, 
	"Fvurderingutskr" SMALLINT, 
	"Sjekklisteprofylakse" SMALLINT, 
	"InfoRoykestopp" SMALLINT, 
	"Infobilkjoring" SMALLINT, 
	"Utskrivingsteam" SMALLINT, 
	"TidspunktVarslet113" DATETIME, 
	"TidspunktAmbulanseFramme" DATETIME, 
	"TidspunktAmbulanseAvreise" DATETIME, 
	"TidspunktBildediagnostikk" DATETIME, 
	"TidspunktIntervensjonssenter" DATETIME, 
	"TidspunktInnlagtSlagenhet" DATETIME, 
	"TidspunktCarotisvurdering" DATETIME, 
	"TidspunktCarotisoperasjon" DATETIME, 
	"TidspunktFunksjonsvurdering" DATETIME, 
	"TidspunktBeslutningForlop" DATETIME, 
	"TidspunktUtskrivningsklar" DATETIME, 
	"Utskrivingsdato" DATETIME, 
	"BehandlSlagenhet" SMALLINT, 
	"UtskrTil" SMALLINT, 
	"DeathDate" DATE, 
	"UtASA" SMALLINT, 
	"UtKlopidogrel" SMALLINT, 
	"UtDipyridamol" SMALLINT, 
	"UtWarfarin" SMALLINT, 
	"UtAndreEnnWarfarin" SMALLINT, 
	"UtStatinerLipid" SMALLINT, 
	"PostMedikBehHoytBT" SMALLINT, 
	leveranse INTEGER NOT NULL, 
	"ForsteGangMottatt" DATETIME, 
	"TrukketTilbake" BOOLEAN, 
	CONSTRAINT pk_akuttskjema PRIMARY KEY (id), 
	CONSTRAINT fk_akuttskjema_leveranse FOREIGN KEY(leveranse) REFERENCES leveranse (id), 
	CONSTRAINT fk_akuttskjema_orgnr FOREIGN KEY(orgnr) REFERENCES sykehus (orgnr), 
	CONSTRAINT "uq_akuttskjema_SkjemaGUID" UNIQUE ("SkjemaGUID")
);
INSERT INTO "akuttskjema" VALUES(1,'form-1',999100001,NULL,NULL,NULL,NULL,NULL,NULL,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2024-05-14 10:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL);
INSERT INTO "akuttskjema" VALUES(2,'form-2',999100001,NULL,NULL,NULL,NULL,NULL,NULL,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2024-06-01 23:59:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL);
INSERT INTO "akuttskjema" VALUES(3,'form-3',999100002,NULL,NULL,NULL,NULL,NULL,NULL,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2025-01-02 00:00:00.000000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE chart_exclusion (
	id INTEGER NOT NULL, 
	unit BIGINT NOT NULL, 
	indicator VARCHAR(40) NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE NOT NULL, 
	reason VARCHAR(200) NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_chart_exclusion PRIMARY KEY (id)
);
INSERT INTO "chart_exclusion" VALUES(1,999100001,'pakke_bilde_15min','2024-05-01','2024-05-31','ombygging','2024-06-01 08:00:00.000000','sykepleier');
CREATE TABLE chart_phase (
	id INTEGER NOT NULL, 
	unit BIGINT NOT NULL, 
	indicator VARCHAR(40) NOT NULL, 
	starts_on DATE NOT NULL, 
	reason VARCHAR(200) NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_chart_phase PRIMARY KEY (id)
);
INSERT INTO "chart_phase" VALUES(1,999100001,'pakke_bilde_15min','2023-02-01','Varsling','2024-01-01 08:00:00.000000','sykepleier');
INSERT INTO "chart_phase" VALUES(2,999100002,'pakke_bilde_15min','2021-09-01','Prosedyre','2024-01-01 09:00:00.000000','lege');
CREATE TABLE counted_at (
	unit BIGINT NOT NULL, 
	indicator VARCHAR(40) NOT NULL, 
	counted_unit BIGINT NOT NULL, 
	valid_from DATE NOT NULL, 
	valid_to DATE, 
	CONSTRAINT pk_counted_at PRIMARY KEY (unit, indicator, valid_from), 
	CONSTRAINT fk_counted_at_counted_unit FOREIGN KEY(counted_unit) REFERENCES sykehus (orgnr), 
	CONSTRAINT fk_counted_at_unit FOREIGN KEY(unit) REFERENCES sykehus (orgnr)
);
CREATE TABLE day_summary (
	indicator SMALLINT NOT NULL, 
	hospital BIGINT NOT NULL, 
	day DATE NOT NULL, 
	month INTEGER NOT NULL, 
	numerator INTEGER NOT NULL, 
	denominator INTEGER NOT NULL, 
	CONSTRAINT pk_day_summary PRIMARY KEY (indicator, hospital, day)
)
 WITHOUT ROWID

;
INSERT INTO "day_summary" VALUES(1,999100001,'2024-05-14',24292,1,1);
INSERT INTO "day_summary" VALUES(1,999100001,'2024-06-01',24293,0,1);
INSERT INTO "day_summary" VALUES(1,999100002,'2025-01-02',24300,1,1);
CREATE TABLE dekningsgrad (
	orgnr BIGINT NOT NULL, 
	aar SMALLINT NOT NULL, 
	i_begge INTEGER NOT NULL, 
	kun_nhr INTEGER NOT NULL, 
	kun_npr INTEGER NOT NULL, 
	leveranse INTEGER, 
	CONSTRAINT pk_dekningsgrad PRIMARY KEY (orgnr, aar), 
	CONSTRAINT fk_dekningsgrad_leveranse FOREIGN KEY(leveranse) REFERENCES leveranse (id)
);
CREATE TABLE event (
	id INTEGER NOT NULL, 
	unit BIGINT, 
	indicator VARCHAR(40), 
	kind VARCHAR(20) NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE, 
	title_nb VARCHAR(200) NOT NULL, 
	title_en VARCHAR(200) NOT NULL, 
	note TEXT, 
	source VARCHAR(200), 
	assumed INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_event PRIMARY KEY (id)
);
INSERT INTO "event" VALUES(1,NULL,NULL,'guideline','2017-12-20',NULL,'Ny retningslinje','New guideline',NULL,'helsedirektoratet.no',0);
INSERT INTO "event" VALUES(2,999100001,'pakke_bilde_15min','change','2023-02-01','2023-03-01','Varsling «før» ankomst','Pre-arrival alert','linje 1
linje 2',NULL,1);
CREATE TABLE fact (
	indicator SMALLINT NOT NULL, 
	hospital BIGINT NOT NULL, 
	admitted_at DATETIME NOT NULL, 
	admission INTEGER NOT NULL, 
	success SMALLINT NOT NULL, 
	minutes INTEGER, 
	age SMALLINT, 
	sex VARCHAR(6), 
	diagnosis SMALLINT, 
	nihss SMALLINT, 
	early BOOLEAN, 
	CONSTRAINT pk_fact PRIMARY KEY (indicator, hospital, admitted_at, admission)
)
 WITHOUT ROWID

;
INSERT INTO "fact" VALUES(1,999100001,'2024-05-14 10:00:00.000000',1,1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "fact" VALUES(1,999100001,'2024-06-01 23:59:00.000000',2,0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "fact" VALUES(1,999100002,'2025-01-02 00:00:00.000000',3,1,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE foretak (
	orgnr BIGINT NOT NULL, 
	navn VARCHAR(80) NOT NULL, 
	kortnavn VARCHAR(60) NOT NULL, 
	nivaa VARCHAR(10) NOT NULL, 
	CONSTRAINT pk_foretak PRIMARY KEY (orgnr), 
	CONSTRAINT ck_foretak_level CHECK (nivaa IN ('trust', 'region', 'nation'))
);
CREATE TABLE indikator (
	number SMALLINT NOT NULL, 
	ind_id VARCHAR(40) NOT NULL, 
	definition_hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_indikator PRIMARY KEY (number), 
	CONSTRAINT uq_indikator_ind_id UNIQUE (ind_id)
);
INSERT INTO "indikator" VALUES(1,'hjerneslag_beh_enhet','0000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE leveranse (
	id INTEGER NOT NULL, 
	fil VARCHAR(255) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	lastet DATETIME NOT NULL, 
	lastet_av VARCHAR(120) NOT NULL, 
	skjema VARCHAR(30) NOT NULL, 
	uttrekksdato DATE NOT NULL, 
	type VARCHAR(10) NOT NULL, 
	full_orgnr BIGINT, 
	full_fra DATE, 
	full_til DATE, 
	lest INTEGER NOT NULL, 
	nye INTEGER NOT NULL, 
	endret INTEGER NOT NULL, 
	avvist INTEGER NOT NULL, 
	trukket INTEGER NOT NULL, 
	nyeste_innleggelse DATETIME, 
	bekreftet_til DATE, 
	syntetisk BOOLEAN NOT NULL, 
	CONSTRAINT pk_leveranse PRIMARY KEY (id), 
	CONSTRAINT ck_leveranse_kind CHECK (type IN ('changes', 'full'))
);
INSERT INTO "leveranse" VALUES(1,'akutt.csv','0000000000000000000000000000000000000000000000000000000000000000','2025-12-29 06:00:00.000000','test','akuttskjema','2025-12-28','changes',NULL,NULL,NULL,3,3,0,0,0,NULL,NULL,1);
CREATE TABLE oppfolgingsskjema (
	"SkjemaGUID" VARCHAR(64) NOT NULL, 
	"HovedskjemaGUID" VARCHAR(64) NOT NULL, 
	"OppfolgUtf" SMALLINT, 
	"AarsakManglendeOppf" SMALLINT, 
	"OppfolgingDato" DATE, 
	"TypeRegOppfoelging" SMALLINT, 
	"BesvartAv" SMALLINT, 
	"Boligforhold3mnd" SMALLINT, 
	"Sivilstatus3mnd" SMALLINT, 
	"Bosituasjon3mnd" SMALLINT, 
	"Forflytning3mnd" SMALLINT, 
	"Toalettbesok3mnd" SMALLINT, 
	"Paakledning3mnd" SMALLINT, 
	"Reinnleggelse" SMALLINT, 
	"SpraakTaleproblEtterHjslag" SMALLINT, 
	"SvelgeproblEtterHjslag" SMALLINT, 
	"SynsproblEtterHjslag" SMALLINT, 
	"KommetSegHelt" SMALLINT, 
	"FaattNokHjelp" SMALLINT, 
	"FaattNokTrening" SMALLINT, 
	"Legekontroll" SMALLINT, 
	"Tilfredshet" SMALLINT, 
	"MedikBT3mnd" SMALLINT, 
	"MedikBlodfortynnende3mnd" SMALLINT, 
	"MedikKolesterol3mnd" SMALLINT, 
	"Royker3mnd" SMALLINT, 
	"YrkesaktivNaa" SMALLINT, 
	"KjorerBilNaa" SMALLINT, 
	"MRS3mnd" SMALLINT, 
	leveranse INTEGER NOT NULL, 
	"ForsteGangMottatt" DATETIME, 
	"TrukketTilbake" BOOLEAN, 
	CONSTRAINT pk_oppfolgingsskjema PRIMARY KEY ("SkjemaGUID"), 
	CONSTRAINT fk_oppfolgingsskjema_leveranse FOREIGN KEY(leveranse) REFERENCES leveranse (id), 
	CONSTRAINT "uq_oppfolgingsskjema_HovedskjemaGUID" UNIQUE ("HovedskjemaGUID")
);
CREATE TABLE pakkeforlopkode (
	id INTEGER NOT NULL, 
	"KodeGUID" VARCHAR(64), 
	"PasientGUID" VARCHAR(64), 
	"Kode" VARCHAR(8), 
	"KodeDato" DATE, 
	orgnr BIGINT, 
	"Kommune" VARCHAR(40), 
	leveranse INTEGER NOT NULL, 
	"ForsteGangMottatt" DATETIME, 
	"TrukketTilbake" BOOLEAN, 
	CONSTRAINT pk_pakkeforlopkode PRIMARY KEY (id), 
	CONSTRAINT fk_pakkeforlopkode_leveranse FOREIGN KEY(leveranse) REFERENCES leveranse (id)
);
CREATE TABLE sykehus (
	orgnr BIGINT NOT NULL, 
	kortnavn VARCHAR(60) NOT NULL, 
	slagenhet BOOLEAN NOT NULL, 
	trombektomisenter BOOLEAN NOT NULL, 
	opplaering BOOLEAN NOT NULL, 
	gyldig_fra DATE, 
	gyldig_til DATE, 
	CONSTRAINT pk_sykehus PRIMARY KEY (orgnr)
);
INSERT INTO "sykehus" VALUES(999100001,'Fjordvik',1,0,1,NULL,NULL);
INSERT INTO "sykehus" VALUES(999100002,'Skogvik',1,0,1,NULL,NULL);
CREATE TABLE tilstand (
	"key" VARCHAR(40) NOT NULL, 
	value VARCHAR(255) NOT NULL, 
	CONSTRAINT pk_tilstand PRIMARY KEY ("key")
);
INSERT INTO "tilstand" VALUES('data_version','7');
INSERT INTO "tilstand" VALUES('synthetic','1');
CREATE TABLE trombektomiskjema (
	"SkjemaGUID" VARCHAR(64) NOT NULL, 
	"HovedskjemaGUID" VARCHAR(64) NOT NULL, 
	"SenterOrgnr" BIGINT, 
	"AnkomstSenter" DATETIME, 
	"Lyskepunksjon" DATETIME, 
	"Rekanalisering" DATETIME, 
	"Rekanaliseringsgrad" SMALLINT, 
	"Overflyttet" SMALLINT, 
	leveranse INTEGER NOT NULL, 
	"ForsteGangMottatt" DATETIME, 
	"TrukketTilbake" BOOLEAN, 
	CONSTRAINT pk_trombektomiskjema PRIMARY KEY ("SkjemaGUID"), 
	CONSTRAINT fk_trombektomiskjema_leveranse FOREIGN KEY(leveranse) REFERENCES leveranse (id), 
	CONSTRAINT "uq_trombektomiskjema_HovedskjemaGUID" UNIQUE ("HovedskjemaGUID")
);
CREATE TABLE unit_membership (
	unit BIGINT NOT NULL, 
	parent BIGINT NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	valid_from DATE NOT NULL, 
	valid_to DATE, 
	CONSTRAINT pk_unit_membership PRIMARY KEY (unit, parent, valid_from), 
	CONSTRAINT ck_unit_membership_kind CHECK (kind IN ('trust', 'region', 'nation')), 
	CONSTRAINT fk_unit_membership_parent FOREIGN KEY(parent) REFERENCES foretak (orgnr)
);
CREATE INDEX ix_chart_exclusion_unit_indicator ON chart_exclusion (unit, indicator);
CREATE UNIQUE INDEX ix_chart_phase_unit_indicator_starts_on ON chart_phase (unit, indicator, starts_on);
CREATE INDEX ix_event_unit_indicator ON event (unit, indicator);
CREATE INDEX ix_fact_admission ON fact (admission);
CREATE INDEX "ix_akuttskjema_orgnr_Innleggelsestidspunkt" ON akuttskjema (orgnr, "Innleggelsestidspunkt");
CREATE UNIQUE INDEX "ix_pakkeforlopkode_KodeGUID" ON pakkeforlopkode ("KodeGUID");
COMMIT;
