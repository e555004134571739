// What src/media/formats/webp asks of libwebp: one picture as its own planes or as RGBA of a size to choose, as far as
// the file goes; and the frames of an animation on its canvas.

#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

static WebPDecoderConfig config;
static WebPIDecoder *decoder;
static WebPAnimDecoder *animation;

/** Memory for a file. */
void *EXPORT(file_alloc)(size_t bytes) { return malloc(bytes); }

void EXPORT(file_free)(void *file) { free(file); }

void EXPORT(picture_close)(void) {
  if (decoder) WebPIDelete(decoder);
  decoder = NULL;
  WebPFreeDecBuffer(&config.output);
}

/**
 * Decodes a picture: to its own planes (`rgba` 0), or to RGBA of another size. Gives libwebp's status: 0 whole, 5 it
 * ends early, else why there is nothing.
 */
int EXPORT(picture_decode)(const uint8_t *file, size_t bytes, int rgba, int width, int height) {
  picture_close();
  if (!WebPInitDecoderConfig(&config)) return VP8_STATUS_INVALID_PARAM;
  int status = WebPGetFeatures(file, bytes, &config.input);
  if (status != VP8_STATUS_OK) return status;
  config.output.colorspace = rgba ? MODE_RGBA : config.input.has_alpha ? MODE_YUVA : MODE_YUV;
  if (width != config.input.width || height != config.input.height) {
    config.options.use_scaling = 1;
    config.options.scaled_width = width;
    config.options.scaled_height = height;
  }
  decoder = WebPIDecode(NULL, 0, &config);
  if (!decoder) return VP8_STATUS_OUT_OF_MEMORY;
  return WebPIUpdate(decoder, file, bytes);
}

/** Rows that are there: all of them, or those before the file ends. */
int EXPORT(picture_rows)(void) {
  int last = 0;
  int stride;
  if (config.output.colorspace == MODE_RGBA) WebPIDecGetRGB(decoder, &last, NULL, NULL, &stride);
  else WebPIDecGetYUV(decoder, &last, NULL, NULL, NULL, NULL, &stride, NULL);
  return last;
}

/** Y, Cb, Cr and opacity, or RGBA as number 0. */
void *EXPORT(picture_plane)(int which) {
  if (config.output.colorspace == MODE_RGBA) return config.output.u.RGBA.rgba;
  uint8_t *const planes[] = {config.output.u.YUVA.y, config.output.u.YUVA.u, config.output.u.YUVA.v,
                             config.output.u.YUVA.a};
  return planes[which & 3];
}

int EXPORT(picture_stride)(int which) {
  if (config.output.colorspace == MODE_RGBA) return config.output.u.RGBA.stride;
  const int strides[] = {config.output.u.YUVA.y_stride, config.output.u.YUVA.u_stride,
                         config.output.u.YUVA.v_stride, config.output.u.YUVA.a_stride};
  return strides[which & 3];
}

/** Opens an animation; 1 when it is open. */
int EXPORT(animation_open)(const uint8_t *file, size_t bytes) {
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) return 0;
  options.color_mode = MODE_RGBA;
  options.use_threads = 0;
  const WebPData data = {file, bytes};
  animation = WebPAnimDecoderNew(&data, &options);
  return animation != NULL;
}

/** Draws the next frame: when it ends, in milliseconds from the start, or -1 when there is none. */
int EXPORT(animation_next)(uint8_t **canvas) {
  int end;
  if (!WebPAnimDecoderHasMoreFrames(animation)) return -1;
  return WebPAnimDecoderGetNext(animation, canvas, &end) ? end : -1;
}

/** Of the open animation: 0 width, 1 height, 2 frames, 3 how often it is shown (0 for ever). */
int EXPORT(animation_fact)(int which) {
  WebPAnimInfo info;
  if (!WebPAnimDecoderGetInfo(animation, &info)) return 0;
  const uint32_t facts[] = {info.canvas_width, info.canvas_height, info.frame_count, info.loop_count};
  return (int)facts[which & 3];
}

/** Back to the first frame. */
void EXPORT(animation_rewind)(void) { WebPAnimDecoderReset(animation); }

void EXPORT(animation_close)(void) {
  if (animation) WebPAnimDecoderDelete(animation);
  animation = NULL;
}
