/* The runtime of qcc: opens a compiled model (model.hsaco) and runs it on an AMD GPU, or on the
 * emulated device where there is none. C, and the only header that a program needs.
 *
 * A program opens a device and a model, makes a session of the two, adds a sequence to it and then
 * either calls qcc_generate, or qcc_session_prefill and qcc_session_decode with tokens of its own:
 *
 *   qcc_model *model;
 *   qcc_status status = qcc_model_open("model.hsaco", &model);
 *   if (status.code != QCC_OK) { puts(status.message); qcc_status_release(&status); }
 *
 * Conventions:
 * - Functions that can fail return a qcc_status by value. Release it when its code is not QCC_OK.
 * - Out-parameters come last, are called out_..., and are cleared before anything else happens.
 * - What ..._open, ..._create, ..._encode and their like return is the caller's, to be given to the
 *   release function of the same name. Releasing NULL does nothing. Objects keep alive what they
 *   were made from, so the order of releases does not matter.
 * - Params structs are filled by their ..._initialize function first, with documented defaults.
 * - Text is UTF-8. Pointers inside returned structs live as long as the object they were asked of,
 *   where nothing else is said.
 * - Different objects may be used by different threads at once; one object, by one thread at a
 *   time. A qcc_model may be used by several threads at once.
 */
#ifndef QCC_RUNTIME_H
#define QCC_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define QCC_API __attribute__((visibility("default")))
#else
#define QCC_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Status -------------------------------------------------------------------------- */

/* What kind of error a status is. These values never change; qrun exits with them. */
typedef enum qcc_status_code {
  QCC_OK = 0,
  QCC_INVALID_ARGUMENT = 1,    /* an argument that no model and no device would take */
  QCC_NOT_FOUND = 2,           /* no such file, sequence or row */
  QCC_CORRUPT = 3,             /* a file that contradicts its format or its checksums */
  QCC_UNSUPPORTED_VERSION = 4, /* a file of a format newer than this library */
  QCC_WRONG_DEVICE = 5,        /* the model was compiled for another chip */
  QCC_NO_DEVICE = 6,           /* no HIP library, or no GPU behind it */
  QCC_OUT_OF_MEMORY = 7,       /* the device or the host has no room */
  QCC_CONTEXT_FULL = 8,        /* a prompt longer than the context, or a sequence that is full */
  QCC_DEVICE_FAILURE = 9,      /* the driver failed otherwise */
  QCC_IO_ERROR = 10,           /* the system refused to read or write a file */
  QCC_UNAVAILABLE = 11 /* the model lacks what was asked for: a tokenizer, a chat template */
} qcc_status_code;

/* Success, or an error and a sentence about it. */
typedef struct qcc_status {
  qcc_status_code code;
  char *message; /* names what failed, where, and the mend; NULL when code is QCC_OK */
} qcc_status;

/* Frees the message and makes *status a success. */
QCC_API void qcc_status_release(qcc_status *status);

/* The version of this library, "0.1.0". */
QCC_API const char *qcc_runtime_version(void);

/* ---- Device -------------------------------------------------------------------------- */

typedef struct qcc_device qcc_device;

/* Which device to open. */
typedef struct qcc_device_params {
  /* "auto" (default): the first GPU, else the emulated device. "hip:0", "hip:1", ...: that GPU.
   * "emulated": the emulated device. */
  const char *name;
  /* For "auto": takes the first GPU of this chip ("gfx942"). NULL (default): of any chip. */
  const char *chip;
  /* Path of the HIP library to load. NULL (default): the one that the environment variable
   * QCC_HIP_LIBRARY names, else the system's libamdhip64.so of ROCm 7, 6 or 5. */
  const char *hip_library;
} qcc_device_params;

/* What a device is. */
typedef struct qcc_device_info {
  const char *id;          /* what it is opened by: "hip:0", "emulated" */
  const char *chip;        /* "gfx942"; "" for an emulated device that has not run a model yet */
  const char *description; /* "hip:0 gfx942 AMD Instinct MI300X", "emulated gfx942" */
  uint64_t memory_bytes;   /* in all */
  bool emulated;           /* whether it is the emulated device */
} qcc_device_info;

/* Sets the defaults. */
QCC_API void qcc_device_params_initialize(qcc_device_params *params);

/* Opens a device. params may be NULL for the defaults. Errors: QCC_INVALID_ARGUMENT (no such form
 * of name), QCC_NO_DEVICE, QCC_WRONG_DEVICE (GPUs, but none of the chip), QCC_DEVICE_FAILURE. */
QCC_API qcc_status qcc_device_open(const qcc_device_params *params, qcc_device **out_device);
QCC_API void qcc_device_release(qcc_device *device);

/* What the device is. The strings live until the next call for this device. */
QCC_API void qcc_device_get_info(qcc_device *device, qcc_device_info *out_info);

/* All devices that can be opened, GPUs first. */
typedef struct qcc_device_list qcc_device_list;

/* Looks for devices behind `hip_library` (as in qcc_device_params), and the emulated one. A library
 * that does not load has no devices. */
QCC_API qcc_status qcc_device_list_create(const char *hip_library, qcc_device_list **out_list);
QCC_API void qcc_device_list_release(qcc_device_list *list);
QCC_API size_t qcc_device_list_count(const qcc_device_list *list);
/* The device at `index`, below the count. */
QCC_API void qcc_device_list_get(const qcc_device_list *list, size_t index,
                                 qcc_device_info *out_info);

/* ---- Model --------------------------------------------------------------------------- */

typedef struct qcc_model qcc_model;

/* What a model is. */
typedef struct qcc_model_info {
  const char *name;         /* as compiled; may be "" */
  const char *chip;         /* the chip that it was compiled for: "gfx942" */
  const char *compiler;     /* what compiled it: "qcc 0.1.0" */
  uint32_t vocabulary_size; /* token ids are below this */
  uint32_t max_sequences;   /* sequences that a session holds at once */
  uint32_t max_context;     /* tokens that a sequence holds */
  uint32_t row_capacity;    /* tokens that one step processes at most */
  uint32_t layers;
  uint64_t parameters;
  uint64_t weight_bytes;           /* as packed for the device */
  const uint32_t *end_of_sequence; /* ids that end a generation, ascending */
  size_t end_of_sequence_count;    /* how many; may be 0 */
  bool has_tokenizer;              /* whether text can be encoded and decoded */
  bool has_chat_template;          /* whether conversations can be written as a prompt */
} qcc_model_info;

/* Opens the artifact at `path` and checks all of it but its weights, which are checked when they
 * are uploaded. Errors: QCC_NOT_FOUND, QCC_IO_ERROR, QCC_CORRUPT, QCC_UNSUPPORTED_VERSION. */
QCC_API qcc_status qcc_model_open(const char *path, qcc_model **out_model);
QCC_API void qcc_model_release(qcc_model *model);

/* What the model is. */
QCC_API void qcc_model_get_info(const qcc_model *model, qcc_model_info *out_info);

/* ---- Text ---------------------------------------------------------------------------- */

/* Token ids that the library allocated. */
typedef struct qcc_tokens {
  uint32_t *ids;
  size_t count;
} qcc_tokens;

QCC_API void qcc_tokens_release(qcc_tokens *tokens);

/* Text that the library allocated: `length` bytes and a terminating NUL. */
typedef struct qcc_text {
  char *data;
  size_t length;
} qcc_text;

QCC_API void qcc_text_release(qcc_text *text);

/* How a text is encoded. */
typedef struct qcc_encode_params {
  bool add_special;   /* put the model's beginning of sequence id before it; default true */
  bool parse_special; /* control tokens written in the text become their ids; default true */
} qcc_encode_params;

/* Sets the defaults. */
QCC_API void qcc_encode_params_initialize(qcc_encode_params *params);

/* Encodes `length` bytes of text. params may be NULL. Errors: QCC_UNAVAILABLE (no tokenizer),
 * QCC_INVALID_ARGUMENT. */
QCC_API qcc_status qcc_model_encode(const qcc_model *model, const char *text, size_t length,
                                    const qcc_encode_params *params, qcc_tokens *out_tokens);

/* Decodes tokens, without control tokens. Error: QCC_UNAVAILABLE (no tokenizer). */
QCC_API qcc_status qcc_model_decode(const qcc_model *model, const uint32_t *tokens, size_t count,
                                    qcc_text *out_text);

/* Decodes tokens one at a time, holding back characters that are not whole yet. */
typedef struct qcc_decoder qcc_decoder;

/* `continues`: the tokens continue a text, so a space before the first one is kept.
 * Error: QCC_UNAVAILABLE (no tokenizer). */
QCC_API qcc_status qcc_decoder_create(const qcc_model *model, bool continues,
                                      qcc_decoder **out_decoder);
QCC_API void qcc_decoder_release(qcc_decoder *decoder);
/* Takes a token and returns the text that became certain, maybe none. */
QCC_API qcc_status qcc_decoder_push(qcc_decoder *decoder, uint32_t token, qcc_text *out_text);
/* Ends the text and returns what was held back. */
QCC_API qcc_status qcc_decoder_finish(qcc_decoder *decoder, qcc_text *out_text);

/* One message of a conversation. */
typedef struct qcc_chat_message {
  const char *role; /* "system", "user" or "assistant" */
  const char *content;
} qcc_chat_message;

/* Writes a conversation as the prompt that the model was trained on, up to where the assistant
 * answers. Encode it without add_special. Errors: QCC_UNAVAILABLE (no chat template),
 * QCC_INVALID_ARGUMENT (an order of roles that the template does not allow). */
QCC_API qcc_status qcc_model_apply_chat_template(const qcc_model *model,
                                                 const qcc_chat_message *messages, size_t count,
                                                 qcc_text *out_text);

/* ---- Session ------------------------------------------------------------------------- */

/* The KV cache of one or several sequences, and the steps that process their tokens. */
typedef struct qcc_session qcc_session;

/* How a session is made. */
typedef struct qcc_session_params {
  /* Called during the upload of the weights with the bytes done and in all; NULL (default): not. */
  void (*progress)(void *user_data, uint64_t done_bytes, uint64_t total_bytes);
  void *user_data; /* passed to progress */
} qcc_session_params;

/* Sets the defaults. */
QCC_API void qcc_session_params_initialize(qcc_session_params *params);

/* Makes a session of the model on the device. The first session of a model on a device loads its
 * code and uploads its weights, and later ones share them. params may be NULL. Errors:
 * QCC_WRONG_DEVICE, QCC_OUT_OF_MEMORY, QCC_CORRUPT (the weights do not match their checksum),
 * QCC_DEVICE_FAILURE. */
QCC_API qcc_status qcc_session_create(qcc_device *device, qcc_model *model,
                                      const qcc_session_params *params, qcc_session **out_session);
QCC_API void qcc_session_release(qcc_session *session);

/* A sentence on what made the steps so far slower than they could be, such as a HIP library without
 * graphs; "" when nothing did. Lives until the next call. */
QCC_API const char *qcc_session_notice(qcc_session *session);

/* Adds an empty sequence. Error: QCC_CONTEXT_FULL (max_sequences are in use). */
QCC_API qcc_status qcc_session_add_sequence(qcc_session *session, uint32_t *out_sequence);
/* Removes a sequence; its number may be given to another. Error: QCC_NOT_FOUND. */
QCC_API qcc_status qcc_session_remove_sequence(qcc_session *session, uint32_t sequence);
/* Makes a sequence empty. Error: QCC_NOT_FOUND. */
QCC_API qcc_status qcc_session_reset_sequence(qcc_session *session, uint32_t sequence);
/* Keeps the first `length` tokens of a sequence. Errors: QCC_NOT_FOUND, QCC_INVALID_ARGUMENT (it is
 * shorter). */
QCC_API qcc_status qcc_session_truncate_sequence(qcc_session *session, uint32_t sequence,
                                                 uint32_t length);
/* The number of tokens of a sequence. Error: QCC_NOT_FOUND. */
QCC_API qcc_status qcc_session_sequence_length(qcc_session *session, uint32_t sequence,
                                               uint32_t *out_length);

/* Appends tokens to a sequence, in as few steps as they need. Logits row 0 is then that of the last
 * token. On an error the sequence has not grown. Errors: QCC_INVALID_ARGUMENT, QCC_NOT_FOUND,
 * QCC_CONTEXT_FULL, QCC_DEVICE_FAILURE. */
QCC_API qcc_status qcc_session_prefill(qcc_session *session, uint32_t sequence,
                                       const uint32_t *tokens, size_t count);

/* Appends tokens[i] to sequences[i], which are all different, in one launch sequence. Logits row i
 * is then that of sequences[i]. Errors: as qcc_session_prefill. */
QCC_API qcc_status qcc_session_decode(qcc_session *session, const uint32_t *sequences,
                                      const uint32_t *tokens, size_t count);

/* One row of a step. */
typedef struct qcc_row {
  uint32_t sequence; /* the sequence that the token is appended to */
  uint32_t token;
  bool want_logits; /* the n-th row that wants them gives logits row n */
} qcc_row;

/* Appends 1 to row_capacity tokens to any sequences, in one launch sequence; tokens of one sequence
 * in their order. Errors: as qcc_session_prefill. */
QCC_API qcc_status qcc_session_step(qcc_session *session, const qcc_row *rows, size_t count);

/* Logits row `row` of the last prefill, decode or step: vocabulary_size values, valid until the
 * next one. After a step that sampled they are read from the device now, else the step has read
 * them. Errors: QCC_NOT_FOUND, QCC_DEVICE_FAILURE. */
QCC_API qcc_status qcc_session_logits(qcc_session *session, uint32_t row, const float **out_logits);

/* ---- Sampling and generation --------------------------------------------------------- */

/* How a token is picked from logits. The filters run in this order. */
typedef struct qcc_sampler_params {
  float repetition_penalty; /* weakens tokens already there; 1 (default): off; at least 0.01 */
  float temperature;        /* divides the logits; 0 (default): greedy, the largest logit */
  uint32_t top_k;           /* keeps the k likeliest; 0 (default): all */
  float top_p;   /* keeps the smallest set with probability p; 1 (default): all; in (0, 1] */
  float min_p;   /* keeps those at least p times as likely as the likeliest; 0 (default): all */
  uint64_t seed; /* the same seed gives the same tokens; default 0 */
} qcc_sampler_params;

/* Sets the defaults: greedy. */
QCC_API void qcc_sampler_params_initialize(qcc_sampler_params *params);

/* Picks tokens for one sequence. */
typedef struct qcc_sampler qcc_sampler;

/* params may be NULL. Error: QCC_INVALID_ARGUMENT (a value outside its range). */
QCC_API qcc_status qcc_sampler_create(const qcc_sampler_params *params, qcc_sampler **out_sampler);
QCC_API void qcc_sampler_release(qcc_sampler *sampler);
/* Picks a token from `vocabulary_size` logits. `history`: the `history_count` tokens so far, which
 * the repetition penalty applies to. Error: QCC_INVALID_ARGUMENT (a logit that is not a number). */
QCC_API qcc_status qcc_sampler_sample(qcc_sampler *sampler, const float *logits,
                                      uint32_t vocabulary_size, const uint32_t *history,
                                      size_t history_count, uint32_t *out_token);

/* How the device picks tokens of a sequence in qcc_session_prefill_and_sample and
 * qcc_session_decode_and_sample from now on: as a new qcc_sampler of these params would, with
 * `history` and the tokens picked since as its history. params may be NULL. Errors:
 * QCC_INVALID_ARGUMENT, QCC_NOT_FOUND, QCC_UNAVAILABLE (the model was compiled before devices
 * picked tokens), QCC_DEVICE_FAILURE. */
QCC_API qcc_status qcc_session_set_sampler(qcc_session *session, uint32_t sequence,
                                           const qcc_sampler_params *params,
                                           const uint32_t *history, size_t history_count);

/* qcc_session_prefill, and picks the next token, which it does not append. Errors: as that, and
 * QCC_INVALID_ARGUMENT (the sequence has no sampler; its logits are not numbers). */
QCC_API qcc_status qcc_session_prefill_and_sample(qcc_session *session, uint32_t sequence,
                                                  const uint32_t *tokens, size_t count,
                                                  uint32_t *out_token);

/* qcc_session_decode, and picks the next token of each sequence by its own sampler, out_tokens[i]
 * for sequences[i]. Fed back in the same order they need not be sent to the device again. Errors:
 * as qcc_session_prefill_and_sample. */
QCC_API qcc_status qcc_session_decode_and_sample(qcc_session *session, const uint32_t *sequences,
                                                 const uint32_t *tokens, size_t count,
                                                 uint32_t *out_tokens);

/* A token that qcc_generate picked. */
typedef struct qcc_generated {
  uint32_t token;
  uint32_t index;   /* 0 for the first token after the prompt */
  const char *text; /* the text that became certain with it, maybe ""; valid in the callback only */
  size_t text_length;  /* bytes */
  const float *logits; /* what it was picked from: vocabulary_size values, as short-lived; NULL
                          where qcc_generate_params says without_logits */
} qcc_generated;

/* How qcc_generate generates. */
typedef struct qcc_generate_params {
  qcc_sampler_params sampler;  /* default: greedy */
  uint32_t max_tokens;         /* ends after this many tokens; default: 128 */
  bool ignore_end_of_sequence; /* goes on after an end of sequence id; default: false */
  /* Text that ends the generation and is not given out; needs a tokenizer. Default: none. */
  const char *const *stop_strings;
  size_t stop_string_count;
  /* Tokens that are fed in place of those picked, while the picked ones are reported ("teacher
   * forcing"); the generation then ends after this many tokens at the latest, and not with an end
   * of sequence id. Default: none. */
  const uint32_t *forced_tokens;
  size_t forced_token_count;
  /* Called for each picked token; returning false ends the generation. NULL (default): none. */
  bool (*callback)(void *user_data, const qcc_generated *generated);
  void *user_data; /* passed to callback */
  /* The callback is not told logits, so that nothing but the picked tokens is read back from the
   * device. Without a callback nothing else is in any case. Default: false. */
  bool without_logits;
} qcc_generate_params;

/* Sets the defaults. */
QCC_API void qcc_generate_params_initialize(qcc_generate_params *params);

/* Why a generation ended. */
typedef enum qcc_finish_reason {
  QCC_FINISH_MAX_TOKENS = 0,
  QCC_FINISH_END_OF_SEQUENCE = 1, /* the last token is an end of sequence id */
  QCC_FINISH_STOP_STRING = 2,
  QCC_FINISH_CONTEXT_FULL = 3, /* the sequence holds max_context tokens */
  QCC_FINISH_CALLBACK = 4      /* the callback returned false */
} qcc_finish_reason;

/* What qcc_generate did. */
typedef struct qcc_generate_result {
  qcc_finish_reason finish_reason;
  qcc_tokens tokens;      /* the picked tokens, with the end of sequence id if that ended it */
  qcc_text text;          /* their text, up to a stop string; "" without a tokenizer */
  double prefill_seconds; /* processing the prompt */
  uint32_t decode_steps;  /* steps of one token after it */
  double decode_seconds;  /* those steps, with sampling and callbacks */
} qcc_generate_result;

QCC_API void qcc_generate_result_release(qcc_generate_result *result);

/* Appends a prompt to a sequence and generates after it. The last picked token is not appended to
 * the sequence. params may be NULL. Errors: as qcc_session_prefill, and QCC_UNAVAILABLE (stop
 * strings without a tokenizer). */
QCC_API qcc_status qcc_generate(qcc_session *session, uint32_t sequence, const uint32_t *prompt,
                                size_t prompt_count, const qcc_generate_params *params,
                                qcc_generate_result *out_result);

#ifdef __cplusplus
}
#endif

#endif /* QCC_RUNTIME_H */
