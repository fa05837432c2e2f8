/* The smallest program around the runtime: continues a prompt by a compiled model.
 *   embed_c MODEL PROMPT [DEVICE] */
#include <qcc_runtime.h>
#include <stdio.h>
#include <string.h>

/* Prints and releases a failure; returns whether it was one. */
static int failed(qcc_status status) {
  if (status.code == QCC_OK) {
    return 0;
  }
  fprintf(stderr, "%s\n", status.message);
  qcc_status_release(&status);
  return 1;
}

/* Prints text as it is generated. */
static bool print(void *user_data, const qcc_generated *generated) {
  (void)user_data;
  fwrite(generated->text, 1, generated->text_length, stdout);
  fflush(stdout);
  return true;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: %s MODEL PROMPT [DEVICE]\n", argv[0]);
    return QCC_INVALID_ARGUMENT;
  }
  qcc_model *model = NULL;
  qcc_device *device = NULL;
  qcc_session *session = NULL;
  qcc_tokens prompt = {0};
  qcc_generate_result result = {0};
  uint32_t sequence = 0;

  qcc_device_params device_params;
  qcc_device_params_initialize(&device_params);
  if (argc > 3) {
    device_params.name = argv[3];
  }
  qcc_generate_params params;
  qcc_generate_params_initialize(&params);
  params.max_tokens = 64;
  params.callback = print;
  params.without_logits = true;

  int failure = failed(qcc_model_open(argv[1], &model)) ||
                failed(qcc_device_open(&device_params, &device)) ||
                failed(qcc_session_create(device, model, NULL, &session)) ||
                failed(qcc_session_add_sequence(session, &sequence)) ||
                failed(qcc_model_encode(model, argv[2], strlen(argv[2]), NULL, &prompt)) ||
                failed(qcc_generate(session, sequence, prompt.ids, prompt.count, &params, &result));
  printf("\n");

  qcc_generate_result_release(&result);
  qcc_tokens_release(&prompt);
  qcc_session_release(session);
  qcc_device_release(device);
  qcc_model_release(model);
  return failure;
}
