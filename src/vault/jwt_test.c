#include "vault/jwt.h"

#include "base/test.h"
#include "errand/issuer_words.h"

/* RFC 7515 A.2, A.3, RFC 8037 A.4; the two of PS256 were made with the key of
 * A.2. */
#define RSA_N \
	"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-V" \
	"aw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b" \
	"32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-K" \
	"XBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5" \
	"IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb5" \
	"4h4FRWyuXpoQ"
#define RS256_TOKEN \
	"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsD" \
	"QogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgt" \
	"v3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5Y" \
	"Kt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrn" \
	"byTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6" \
	"_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUi" \
	"pUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
#define ES256_TOKEN \
	"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsD" \
	"QogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38V" \
	"WAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6" \
	"NU1Q"
#define PS256_TOKEN \
	"eyJhbGciOiJQUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiO" \
	"iJtYWlsIiwiZXhwIjoyMDAwMDAwMDAwLCJlbWFpbCI6ImFsaWNlQGV4YW1wbGUub3J" \
	"nIn0.cX0p-W5MZB1WWuqIj7BeNwlSwgmDT574waHZ_8PtvvX9NQfJ41bFidqJPCdS8" \
	"_LBjbURRzFMxhPv9jZ2cqwfhEwFzjUitH_CTCMZ03yHI7ljDL9O_DutTn1uBQvv-cS" \
	"lYc9IAezy8fdo11APNT5neioaGkbEnG-jbDrqtgSSqdYlhEuhAYqWCXaXeP4U72Be2" \
	"0ffka6DrS2IHIWr01nwaijwdF_hJzS2pmP1ifwGBHPfpymXbjNwn-WfsOa9W0Ngkmf" \
	"cZ1_P5kieO9eD4W0_3GioGA6PNwBLOHwk_4qmHWGYx3BvcivePMSCBJp40lOBHW44Q" \
	"PQktB0jjePAO38NQg"
#define PS256_SHORT_SALT \
	"eyJhbGciOiJQUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiO" \
	"iJtYWlsIiwiZXhwIjoyMDAwMDAwMDAwLCJlbWFpbCI6ImFsaWNlQGV4YW1wbGUub3J" \
	"nIn0.nBRTv1jDgqwwAitAcwuvdpyJ5nda0fmu1iqMlgHDFNxfytqEYVc9pyscPZRxS" \
	"OY3A0z5ZIfz_dDWzFab_BGOMHZbiQky38A9JLeHVQMLidncyZ9KA_PtEEaJaIsxf-t" \
	"UlldRUEENQXgcrFNJnpqAVkfkLHRCVS0zUnvVy8seLLrqippeOjfMttgmKdRN2P7e6" \
	"w44FhQFzsrk4ZzVUntJVckMP3qakTNfG75MCBq0-4KXrhFYOxj_kaQVxcXg8t65awA" \
	"A7Q_q2oTt51J_g0X4Et8DY2cRaSKLMPxWDo-J0FqlAXG3_7yPKE5pkBwpwvwS9lxi4" \
	"EL5XuldjqJ3UbAK5g"
#define ED_TOKEN \
	"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_M" \
	"GCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVv" \
	"pAr_MuM0KAg"
#define RSA_SET "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" \
	RSA_N "\"}]}"
#define PS_ONLY_SET "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\"," \
	"\"alg\":\"PS256\",\"n\":\"" RSA_N "\"}]}"
#define EC_SET "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\"," \
	"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"," \
	"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"
#define ED_SET "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\"," \
	"\"kid\":\"one\"," \
	"\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}"

/* Signed by the key of RFC 8037 A.4. */
static const struct {
	const char *what, *token, *wrong;
} cases[] = {
	{ "an access token",
	    "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6Im9uZSJ9.e"
	    "yJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJtYWlsIiwiZXh"
	    "wIjoyMDAwMDAwMDAwLCJlbWFpbCI6ImFsaWNlQGV4YW1wbGUub3JnIn0.T"
	    "HPYfbJJ0ofRUeBkxnlhJ8v3UFUl4R7dN6Z8Wa2kNCtmO7ZcxOQWxSPUR1I"
	    "J4aGrvDNAuE99zAEgfGLkmfW5CA",
	    NULL },
	{ "typ with its tree",
	    "eyJhbGciOiJFZERTQSIsInR5cCI6ImFwcGxpY2F0aW9uL0FUK0pXVCJ9.e"
	    "yJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJtYWlsIiwiZXh"
	    "wIjoyMDAwMDAwMDAwLCJlbWFpbCI6ImFsaWNlQGV4YW1wbGUub3JnIn0.E"
	    "i65DMJNawjlyx2okYPj3Rt7n-4dWjok6hPKeJCykxmWUW4YOcEy5vaS12y"
	    "q96UiWVyLxLBMka7l2xrfegpyBQ",
	    NULL },
	{ "no typ, the newer name",
	    "eyJhbGciOiJFZDI1NTE5In0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbG"
	    "UiLCJhdWQiOiJtYWlsIiwiZXhwIjoyMDAwMDAwMDAwLCJlbWFpbCI6ImFs"
	    "aWNlQGV4YW1wbGUub3JnIn0.Qt-kHqYtAtOnetQ1SL6Ijrf4-C0pkxacML"
	    "nOEVgGcjAJFhOtYwLUTEM8aoXbllnhSgi99NRXsEKwZE2J6teLDA",
	    NULL },
	{ "none",
	    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLC"
	    "JhdWQiOiJtYWlsIiwiZXhwIjoyMDAwMDAwMDAwLCJlbWFpbCI6ImFsaWNl"
	    "QGV4YW1wbGUub3JnIn0.CQifET0OKftFNhqSeRci3xAblP_BKXHGXYyEnR"
	    "5oBMxO74jM4jvT31TDbHtE_zdjgr_Eq1mbI_95d0DG65STBg",
	    "signed in another way" },
	{ "a lie about it",
	    "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiL"
	    "CJhdWQiOiJtYWlsIiwiZXhwIjoyMDAwMDAwMDAwLCJlbWFpbCI6ImFsaWN"
	    "lQGV4YW1wbGUub3JnIn0.iAJNUjh7IEe-IrgjNCcj9ZIMRiELb2fXemLxP"
	    "ZegvhodR-_JmH6YofherzwdZ2NZmpzqiQMV9K10J7DbsX2yCQ",
	    "signed in another way" },
	{ "another way of RSA",
	    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiL"
	    "CJhdWQiOiJtYWlsIiwiZXhwIjoyMDAwMDAwMDAwLCJlbWFpbCI6ImFsaWN"
	    "lQGV4YW1wbGUub3JnIn0.4d5Qbciy06ipqaMIYstNimSxt6rCrYGhmuX2N"
	    "IB2JXRvy1s6lcu_yCnCSq8GKGw8ZDGXuGFioUj2_As3pbG8Cw",
	    "signed in another way" },
	{ "no alg",
	    "eyJ0eXAiOiJKV1QifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJ"
	    "hdWQiOiJtYWlsIiwiZXhwIjoyMDAwMDAwMDAwLCJlbWFpbCI6ImFsaWNlQ"
	    "GV4YW1wbGUub3JnIn0.odv3iuPB4fd_CpqGpwb-i-T4rHpF8y4r4Ib6a-E"
	    "UPRcw3EOmT0SSAonL-OlXtgapiDUazMbneliqTkXALr-tDg",
	    "signed in another way" },
	{ "an extension",
	    "eyJhbGciOiJFZERTQSIsImNyaXQiOlsiZXhwIl19.eyJpc3MiOiJodHRwc"
	    "zovL2lkLmV4YW1wbGUiLCJhdWQiOiJtYWlsIiwiZXhwIjoyMDAwMDAwMDA"
	    "wLCJlbWFpbCI6ImFsaWNlQGV4YW1wbGUub3JnIn0.mH8cLaJNZmQ2CeyQd"
	    "3XIEhsdwgLLogVKDihtVbSHT9mwg72-9_sBdQeNvrdgyTRYbXhPsxFEHBo"
	    "lvfGCFvTJCg",
	    "an extension" },
	{ "for something else",
	    "eyJhbGciOiJFZERTQSIsInR5cCI6InNlY2V2ZW50K2p3dCJ9.eyJpc3MiO"
	    "iJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJtYWlsIiwiZXhwIjoyMDA"
	    "wMDAwMDAwLCJlbWFpbCI6ImFsaWNlQGV4YW1wbGUub3JnIn0.TTvnt_jWV"
	    "ELSiN-Hq9ou6VIqs6QQek3FOzAdu8ztOnY38R7OjNfOPTzB-C2qq7fu-aR"
	    "fC5CyYWnh0LoZqnCoBg",
	    "something else" },
	{ "another kid",
	    "eyJhbGciOiJFZERTQSIsImtpZCI6InR3byJ9.eyJpc3MiOiJodHRwczovL"
	    "2lkLmV4YW1wbGUiLCJhdWQiOiJtYWlsIiwiZXhwIjoyMDAwMDAwMDAwLCJ"
	    "lbWFpbCI6ImFsaWNlQGV4YW1wbGUub3JnIn0.R4N4VzSIbKjpWId6-nxl7"
	    "QAdrXi2S6msj-fF7zZDuwDJSPfX24UNEE3OMqYo8cJOnINZ-CMdJrMKoM_"
	    "pSHYEBA",
	    "names another key" },
	{ "no JSON within",
	    "eyJhbGciOiJFZERTQSJ9.aGVsbG8.TYQRPyihxx8vjMC39t_s3imM5IyXR"
	    "kAC6VxMAeehFSAF50mC5E-U5t_aRiB6QcwqV3AueGoQ5DWvl9aCAo7NCw",
	    "no JSON object" },
	{ "an array within",
	    "eyJhbGciOiJFZERTQSJ9.WzFd.pADgeTBL8DLYmm2BdUwoo5An46UVd_eI"
	    "rnLID67wRJEQJt-TGnXRfT804MbF1H0X41JVRkFrsxP6VyVPuBCeAg",
	    "no JSON object" },
	{ "two of one name",
	    "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJhIiwiaXNzIjoiYiJ9.DMF_6dCe"
	    "iSdr9HoTfTbE3QtqiyfNsounSzabsJgmuh6d0rrka7KUBeclJHRh8OzkH4"
	    "YeGcVnnEGzxXmD_NNZCQ",
	    "no JSON object" },
	{ "deep",
	    "eyJhbGciOiJFZERTQSJ9.eyJhIjpbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW"
	    "1tbW1tbW1tbW1tbW1tbW1tbXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1"
	    "dXV1dXV1dXV1dXV1dXX0.-nUjSSal_PVP3mZBDQXvbyoMTZT77ID8AkILd"
	    "_TCi9zz02VAgkgNkVsw1tLLRrPwx3k9womkahU_lZBCeyq6AA",
	    "no JSON object" },
	{ "aud of numbers",
	    "eyJhbGciOiJFZERTQSJ9.eyJhdWQiOlsxXX0.SHPgby-gLLhbmpjx4DJnz"
	    "rEGRkhi6mNJGOUqtMGKwOiLd9_gFcQ7p5AiOaMBW2A1XId9ViRDzhou778"
	    "a6VQYBw",
	    "its aud" },
	{ "iss of two lines",
	    "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJhXG5iIn0.F1SH4d6sYt8Er9EHt"
	    "wVvpyznWPkBC-dJdrXFkBIdXGkh53Y3ozFULCs5G8t2NNH_ixrsx1Lpa4F"
	    "EnJq5kE5lCg",
	    "its iss" },
	{ "exp in words",
	    "eyJhbGciOiJFZERTQSJ9.eyJleHAiOiJ0b21vcnJvdyJ9.nZku9vwjZkOe"
	    "wO1ceDK97ZY01Rwak9YfmIpc9xY13CSGfUatB8ZMiBEE2C4hfrJuIgvCDl"
	    "TRbOUie4eswbHlBA",
	    "its times" },
	{ "exp out of reach",
	    "eyJhbGciOiJFZERTQSJ9.eyJleHAiOjFlMzAwfQ.Z0ntNTW9E7qIoJijYO"
	    "zibz3z6x6W1L0ysOHgtazcwUcyFWcgGdtUtTy_fWcgS7yb0mCub35RszLl"
	    "7CEDjGpBCw",
	    "its times" },
	{ "not verified",
	    "eyJhbGciOiJFZERTQSJ9.eyJlbWFpbCI6ImFAYi5jIiwiZW1haWxfdmVya"
	    "WZpZWQiOmZhbHNlfQ.MOZYKDBF-YqT77nNW3kMBuHPgjKP3wRSMuMJKOU2"
	    "V5i30exh-3mnDu8rOW_DkRrfjJbtmCxj0j8gBcrq8f3AAw",
	    "not verified" },
	{ "email is a list",
	    "eyJhbGciOiJFZERTQSJ9.eyJlbWFpbCI6WyJhQGIuYyJdfQ.L1zbae9orq"
	    "33__Pi0EK-1oY8GewvoVRFgQfJRrCITEOoZ04UvAZBqV9g7kLeoOaAGkrJ"
	    "J0wpplAcABw6rZOLDg",
	    "the address" },};

static struct arena *
memory(void)
{
	return arena_new(1 << 17);
}

/* A set of the one key. */
static void
take_set(struct jwt_keys *k, const char *set, struct arena *a)
{
	struct str rows;
	const char *wrong = issuer_read_keys(str_c(set), a, &rows);

	assert_null(wrong);
	jwt_keys_take(k, rows, NULL);
	assert_int_equal(k->n, 1);
}

static enum jws_alg
proven_by(const char *set, const char *token)
{
	struct arena *a = memory();
	enum jws_alg alg = JWS_ANY;
	static struct jwt_keys k;
	struct jwt t;

	take_set(&k, set, a);
	assert_true(jwt_split(str_c(token), a, &t));
	if (!jwt_prove(&k, &t, NULL, &alg))
		alg = JWS_ANY;
	jwt_keys_free(&k);
	arena_free(a);
	return alg;
}

/* RFC 7515 A.2, A.3, RFC 8037 A.4 */
static void
test_signatures(void **state unused_arg)
{
	assert_int_equal(proven_by(RSA_SET, RS256_TOKEN), JWS_RS256);
	assert_int_equal(proven_by(RSA_SET, PS256_TOKEN), JWS_PS256);
	assert_int_equal(proven_by(EC_SET, ES256_TOKEN), JWS_ES256);
	assert_int_equal(proven_by(ED_SET, ED_TOKEN), JWS_EDDSA);
	/* A key of one kind, or for one way, does nothing else. */
	assert_int_equal(proven_by(EC_SET, RS256_TOKEN), JWS_ANY);
	assert_int_equal(proven_by(ED_SET, ES256_TOKEN), JWS_ANY);
	assert_int_equal(proven_by(EC_SET, ED_TOKEN), JWS_ANY);
	assert_int_equal(proven_by(RSA_SET, PS256_SHORT_SALT), JWS_ANY);
	assert_int_equal(proven_by(PS_ONLY_SET, RS256_TOKEN), JWS_ANY);
	assert_int_equal(proven_by(PS_ONLY_SET, PS256_TOKEN), JWS_PS256);
}

/* Each bit of it is signed. */
static void
test_changed(void **state unused_arg)
{
	char token[] = ED_TOKEN;

	for (size_t i = 0; i < sizeof(token) - 1; i++) {
		char was = token[i];
		struct arena *a = memory();
		struct jwt t;

		token[i] = was == 'A' ? 'B' : 'A';
		if (was != '.' && jwt_split(str_c(token), a, &t))
			assert_int_equal(proven_by(ED_SET, token), JWS_ANY);
		token[i] = was;
		arena_free(a);
	}
	assert_int_equal(proven_by(ED_SET, token), JWS_EDDSA);
}

static void
test_form(void **state unused_arg)
{
	static const char *const bad[] = { "", ".", "..", "a.b", "YQ.YQ.",
		".YQ.YQ", "YQ..YQ", "YQ.YQ.YQ.YQ", "YQ.YQ.YQ.YQ.YQ",
		"YQ==.YQ.YQ", "YQ.Y Q.YQ", "YQ.YQ.Y", "opaque" };
	struct arena *a = memory();
	struct jwt t;

	for (size_t i = 0; i < NELEM(bad); i++)
		assert_false(jwt_split(str_c(bad[i]), a, &t));
	assert_true(jwt_split(STR("YQ.Yg.Yw"), a, &t));
	assert_str(t.signed_part, "YQ.Yg");
	assert_str(t.header, "a");
	assert_str(t.payload, "b");
	assert_str(t.signature, "c");
	arena_free(a);
}

static void
test_read(void **state unused_arg)
{
	for (size_t i = 0; i < NELEM(cases); i++) {
		struct arena *a = memory();
		struct token_claims c = { 0 };
		enum jws_alg alg;
		static struct jwt_keys k;
		const struct jwt_key *by;
		const char *wrong;
		struct jwt t;

		take_set(&k, ED_SET, a);
		assert_true(jwt_split(str_c(cases[i].token), a, &t));
		by = jwt_prove(&k, &t, NULL, &alg);
		if (!by)
			fail_msg("%s: not proven", cases[i].what);
		wrong = jwt_read(&t, by, alg, STR("email"), a, &c);
		if (!wrong != !cases[i].wrong || (wrong && !strstr(wrong,
		    cases[i].wrong)))
			fail_msg("%s: %s", cases[i].what, wrong ? wrong : "ok");
		if (!wrong) {
			assert_str(c.user, "alice@example.org");
			assert_str(c.iss, "https://id.example");
			assert_str(c.audience, "mail\n");
			assert_int_equal(c.expires, 2000000000);
		}
		jwt_keys_free(&k);
		arena_free(a);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_read),
	};

	json_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
