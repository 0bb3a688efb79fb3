// What happens between the steps of the cells: `Batch` of bio/batch.py in C++, for Brian2's C++ standalone device.
//
// Digits stream through: a group of them, a digit a lane, is read from "digits" in the results folder, shown, and what
// the cells did is written to "responses". All sums are taken in the order of bio/batch.py, and the random numbers are
// those of numpy's generators, so that the spikes are the same. bio/standalone.py writes and reads the two files.

#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "network.h"
#include "sfc64.h"

namespace clockwork {

// --- The program

// The arrays that Brian2 keeps of one group: the cells of all lanes, those of one lane next to each other.
struct Cells {
    int width;
    float *v, *g, *drive, *noise, *held;
    int32_t *spikes;  // who fired, in order; the last entry, of lanes × width + 1, is how many
    float *decay_m, *decay_syn, *transfer, *v_reset, *carry, *hold, *half;
};

enum Kind { current = 0, eye = 1, poisson = 2 };

class Clockwork {
   public:
    // Before the first step: which groups there are, and where the files lie.
    Clockwork(int lanes, int inputs, const std::vector<Cells> &layers, const std::vector<Cells> &retina,
              const std::string &folder)
        : lanes(lanes), inputs(inputs), layers(layers), retina(retina) {
        digits_file = open(folder + "digits", "rb");
        responses_file = open(folder + "responses", "wb");
        read_head();
    }

    // At the start of each step: new digits where they are due, and the noise of this step.
    void prepare() {
        if (now == 0) present();
        if (noise_size == 0) return;
        for (int lane = 0; lane < lanes; lane++) {
            Random random = membrane[lane];  // a copy of its own, which can stay in registers
            for (Cells &layer : layers) {
                float *noise = layer.noise + static_cast<size_t>(lane) * layer.width;
                for (int i = 0; i < layer.width; i++) noise[i] = noise_size * random.normal();
            }
            membrane[lane] = random;
        }
    }

    // After the thresholds: counts who fired, and adds their spikes to the currents of the layer above.
    void transmit() {
        if (kind == eye) {
            const Cells &cells = retina[0];
            const int32_t count = cells.spikes[static_cast<size_t>(lanes) * inputs];
            for (int32_t k = 0; k < count; k++) input_counts[cells.spikes[k] / inputs]++;
            add(layers[0], cells, kicks[0]);
        } else if (kind == poisson) {
            for (int lane = 0; lane < lanes; lane++) add_random_spikes(lane);
        }
        for (size_t i = 1; i < layers.size(); i++) add(layers[i], layers[i - 1], kicks[i]);
        for (size_t i = 0; i < layers.size(); i++) {
            const int32_t *spikes = layers[i].spikes, count = spikes[static_cast<size_t>(lanes) * layers[i].width];
            for (int32_t k = 0; k < count; k++) counts[i][spikes[k]]++;
        }
    }

    // At the end of each step: asks for the verdict where it is due, and files the responses to digits that end.
    void conclude() {
        now++;
        if (next_sample < samples.size() && now == samples[next_sample]) {
            for (int lane = 0; lane < lanes; lane++) verdicts[lane * samples.size() + next_sample] = verdict(lane);
            next_sample++;
        }
        if (now < steps) return;
        const int shown = std::min(lanes, digits - done);
        for (int lane = 0; lane < shown; lane++) write_response(lane);
        done += shown;
        now = 0;
        if (done >= digits) {
            std::fclose(responses_file);
            Network::_globally_stopped = true;
        }
    }

   private:
    int lanes = 0, inputs = 0, steps = 0, digits = 0, done = 0, now = 0, kind = 0;
    float noise_size = 0, in_a_step = 0;  // of a white pixel: its rate (current), or its chance to fire in a step
    std::vector<Cells> layers, retina;
    std::FILE *digits_file = nullptr, *responses_file = nullptr;
    std::vector<float> start;                // where cells stand when a digit appears, one a layer
    std::vector<std::vector<float>> biases;  // drives, one array a layer
    std::vector<std::vector<float>> kicks;   // (below, above): what a spike, or a Hz of steady current, adds
    std::vector<int32_t> samples;            // numbers of steps after which verdicts are due
    size_t next_sample = 0;
    std::vector<std::vector<int32_t>> counts;  // (lanes, width), one array a layer
    std::vector<int64_t> input_counts;
    std::vector<int8_t> verdicts;  // (lanes, samples)
    std::vector<std::vector<int32_t>> lit;
    std::vector<std::vector<float>> chance;
    std::vector<Random> eyes, membrane;
    std::vector<float> sum, image;
    std::vector<int> fired;

    static std::FILE *open(const std::string &path, const char *mode) {
        std::FILE *file = std::fopen(path.c_str(), mode);
        if (!file) {
            std::fprintf(stderr, "%s cannot be opened\n", path.c_str());
            std::exit(1);
        }
        return file;
    }

    template <class T>
    void read(T *to, size_t count) {
        if (count && std::fread(to, sizeof(T), count, digits_file) != count) {
            std::fprintf(stderr, "the digits end too early\n");
            std::exit(1);
        }
    }

    template <class T>
    T read() {
        T value;
        read(&value, 1);
        return value;
    }

    template <class T>
    void write(const T *from, size_t count) {
        if (std::fwrite(from, sizeof(T), count, responses_file) != count) {
            std::fprintf(stderr, "the responses cannot be written\n");
            std::exit(1);
        }
    }

    void read_constants(Cells &cells) {
        for (float *constant : {cells.decay_m, cells.decay_syn, cells.transfer, cells.v_reset, cells.carry, cells.hold, cells.half})
            *constant = read<float>();
        start.push_back(read<float>());
    }

    void read_head() {
        kind = read<int32_t>(), steps = read<int32_t>(), digits = read<int32_t>();
        samples.resize(read<int32_t>());
        read(samples.data(), samples.size());
        noise_size = read<float>(), in_a_step = read<float>();
        for (Cells &layer : layers) read_constants(layer);
        int below = inputs, widest = 0;
        for (Cells &layer : layers) {
            biases.emplace_back(layer.width);
            read(biases.back().data(), layer.width);
            kicks.emplace_back(static_cast<size_t>(below) * layer.width);
            read(kicks.back().data(), kicks.back().size());
            counts.emplace_back(static_cast<size_t>(lanes) * layer.width);
            below = layer.width, widest = std::max(widest, layer.width);
        }
        if (kind == eye) read_constants(retina[0]);
        sum.resize(widest), fired.resize(inputs + 1), image.resize(inputs);
        input_counts.resize(lanes), verdicts.resize(lanes * samples.size());
        lit.resize(lanes), chance.resize(lanes), eyes.resize(lanes), membrane.resize(lanes);
    }

    void rest(Cells &cells, float level) {
        const size_t all = static_cast<size_t>(lanes) * cells.width;
        std::fill_n(cells.v, all, level);
        for (float *array : {cells.g, cells.noise, cells.drive}) std::fill_n(array, all, 0.0f);
        std::fill_n(cells.held, all, -0.5f);
    }

    // Puts all cells to rest and shows the lanes their next digits.
    void present() {
        for (size_t i = 0; i < layers.size(); i++) {
            rest(layers[i], start[i]);
            for (int lane = 0; lane < lanes; lane++)
                std::copy(biases[i].begin(), biases[i].end(), layers[i].drive + lane * biases[i].size());
            std::fill(counts[i].begin(), counts[i].end(), 0);
        }
        if (kind == eye) rest(retina[0], 0);
        std::fill(input_counts.begin(), input_counts.end(), 0);
        next_sample = 0;
        for (int lane = 0; lane < lanes; lane++) {
            lit[lane].clear(), chance[lane].clear();
            if (done + lane < digits) read_digit(lane);
        }
    }

    void read_digit(int lane) {
        if (kind == eye) {
            read_eye(lane);
        } else {
            read(image.data(), inputs);
            if (kind == current) add_steady_currents(lane);
        }
        if (kind == poisson) {
            for (int pixel = 0; pixel < inputs; pixel++)
                if (image[pixel] != 0) lit[lane].push_back(pixel), chance[lane].push_back(image[pixel] * in_a_step);
            eyes[lane] = read_random();
        }
        if (noise_size != 0) membrane[lane] = read_random();
    }

    // The cells of the eye that see light: how many, which, and what each is driven by, stands at, is held for.
    void read_eye(int lane) {
        lit[lane].resize(read<int32_t>());
        read(lit[lane].data(), lit[lane].size());
        const Cells &cells = retina[0];
        for (int32_t pixel : lit[lane])
            for (float *array : {cells.drive, cells.v, cells.held})
                array[static_cast<size_t>(lane) * inputs + pixel] = read<float>();
    }

    // The weighted sum of the pixels' rates, added up in the order of pixels, then to the drive.
    void add_steady_currents(int lane) {
        const int width = layers[0].width;
        std::fill_n(sum.begin(), width, 0.0f);
        float *__restrict to = sum.data();
        for (int pixel = 0; pixel < inputs; pixel++) {
            if (image[pixel] == 0) continue;
            const float rate = image[pixel] * in_a_step;
            const float *__restrict row = kicks[0].data() + static_cast<size_t>(pixel) * width;
            for (int i = 0; i < width; i++) to[i] += rate * row[i];
        }
        float *drive = layers[0].drive + static_cast<size_t>(lane) * width;
        for (int i = 0; i < width; i++) drive[i] += to[i];
    }

    Random read_random() {
        Random random = {};
        read(random.state, 4);
        return random;
    }

    // g += the kicks of those that fired, summed first, in order, as a sparse matrix product does
    void add(Cells &above, const Cells &below, const std::vector<float> &kick) {
        const int32_t *spikes = below.spikes, count = spikes[static_cast<size_t>(lanes) * below.width];
        const int width = above.width;
        for (int32_t k = 0; k < count;) {
            const int lane = spikes[k] / below.width, first = lane * below.width;
            std::fill_n(sum.begin(), width, 0.0f);
            for (; k < count && spikes[k] < first + below.width; k++)
                add_row(kick.data() + static_cast<size_t>(spikes[k] - first) * width, width);
            add_sum(above, lane);
        }
    }

    void add_random_spikes(int lane) {
        const int width = layers[0].width, count = static_cast<int>(lit[lane].size());
        const float *chances = chance[lane].data();
        Random random = eyes[lane];
        int firing = 0;
        for (int k = 0; k < count; k++) {  // without a branch, which no processor could foresee
            fired[firing] = k;
            firing += random.uniform() < chances[k];
        }
        eyes[lane] = random;
        if (!firing) return;
        input_counts[lane] += firing;
        std::fill_n(sum.begin(), width, 0.0f);
        for (int i = 0; i < firing; i++)
            add_row(kicks[0].data() + static_cast<size_t>(lit[lane][fired[i]]) * width, width);
        add_sum(layers[0], lane);
    }

    void add_row(const float *__restrict row, int width) {
        float *__restrict to = sum.data();
        for (int i = 0; i < width; i++) to[i] += row[i];
    }

    void add_sum(Cells &layer, int lane) {
        float *__restrict g = layer.g + static_cast<size_t>(lane) * layer.width;
        const float *__restrict from = sum.data();
        for (int i = 0; i < layer.width; i++) g[i] += from[i];
    }

    // The class whose output cell fired most; between equals, the one closest to threshold.
    int8_t verdict(int lane) const {
        const int width = layers.back().width;
        const int32_t *count = counts.back().data() + static_cast<size_t>(lane) * width;
        const float *v = layers.back().v + static_cast<size_t>(lane) * width;
        int best = 0;
        for (int i = 1; i < width; i++)
            if (count[i] > count[best] || (count[i] == count[best] && v[i] > v[best])) best = i;
        return static_cast<int8_t>(best);
    }

    void write_response(int lane) {
        write(&input_counts[lane], 1);
        for (size_t i = 0; i < layers.size(); i++)
            write(counts[i].data() + static_cast<size_t>(lane) * layers[i].width, layers[i].width);
        write(layers.back().v + static_cast<size_t>(lane) * layers.back().width, layers.back().width);
        write(verdicts.data() + lane * samples.size(), samples.size());
    }
};

}  // namespace clockwork
