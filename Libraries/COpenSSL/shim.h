// Door to OpenSSL.
#ifndef BACKLINE_COPENSSL_SHIM_H
#define BACKLINE_COPENSSL_SHIM_H
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// A P-256 key from its uncompressed point and, for signing, its scalar (else NULL). Here and not in Swift because
// OSSL_PARAM keeps the address of each name, which must outlive the call that a Swift string is bridged for.
static inline EVP_PKEY *backline_p256_key(const unsigned char *point, size_t point_count, const BIGNUM *scalar) {
    unsigned char native[32];
    OSSL_PARAM parameters[4];
    size_t count = 0;
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (context == NULL) return NULL;
    parameters[count++] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"prime256v1", 0);
    parameters[count++] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, point_count);
    if (scalar != NULL) {
        if (BN_bn2nativepad(scalar, native, sizeof native) < 0) {
            EVP_PKEY_CTX_free(context);
            return NULL;
        }
        parameters[count++] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native, sizeof native);
    }
    parameters[count] = OSSL_PARAM_construct_end();
    if (EVP_PKEY_fromdata_init(context) != 1
        || EVP_PKEY_fromdata(context, &key, scalar != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    OPENSSL_cleanse(native, sizeof native);
    EVP_PKEY_CTX_free(context);
    return key;
}
#endif
