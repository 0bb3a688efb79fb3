// What happens between the steps of the cells: `Show` of bio/stdp/show.py in C++, for Brian2's C++ standalone device.
//
// Digits are read from "digits" in the results folder one by one, each is shown, again and brighter where it evoked too
// few spikes, and counted into "responses"; weights and thresholds go to "learned" at the end. Sums are taken in the
// order of bio/stdp/show.py, and random numbers are numpy's. bio/stdp/compiled.py writes and reads the files.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "../sfc64.h"
#include "network.h"

namespace stdp {

using clockwork::Random;

// The arrays that Brian2 keeps of the cells.
struct Cells {
    float *v, *theta, *g_e, *g_i, *held;
    int32_t *spikes;  // who fired, in order; the last entry is how many
    float *one, *leak, *decay_e, *decay_i, *gain_e, *gain_i, *e_rest, *e_inhibitory, *v_threshold, *v_reset,
        *theta_plus, *hold, *half;
};

class Clockwork {
   public:
    // Before the first step: which cells there are, and where the files lie.
    Clockwork(int inputs, int count, const Cells &cells, const std::string &folder)
        : inputs(inputs), count(count), cells(cells), folder(folder) {
        digits_file = open("digits", "rb");
        responses_file = open("responses", "wb");
        read_head();
        read_digit();
    }

    // At the start of each step: the digit appears where it is due, all variables at rest.
    void prepare() {
        if (now) return;
        if (learning) normalise();
        std::fill_n(cells.v, count, *cells.e_rest);
        std::fill_n(cells.held, count, resting);
        for (float *array : {cells.g_e, cells.g_i}) std::fill_n(array, count, 0.0f);
        std::fill(trace.begin(), trace.end(), 0.0f);
        std::fill(counts.begin(), counts.end(), 0);
        total = 0;
        for (size_t k = 0; k < lit.size(); k++) chance[k] = image[lit[k]] * in_a_step[showing];
    }

    // After the thresholds: input spikes excite, the cells' spikes inhibit each other, and weights learn from both.
    void transmit() {
        if (learning)
            for (float &x : trace) x *= decay_x;
        excite();
        const int32_t firing = cells.spikes[count];
        if (!firing) return;
        total += firing;
        const float all = inhibition * static_cast<float>(firing);
        for (int j = 0; j < count; j++) cells.g_i[j] += all;
        for (int32_t k = 0; k < firing; k++) {
            const int j = cells.spikes[k];
            counts[j]++;
            cells.g_i[j] -= inhibition;
            if (learning) learn(j);
        }
    }

    // At the end of each step: files the response, or has the digit shown again, where a showing ends.
    void conclude() {
        if (++now < steps) return;
        now = 0, showing++;
        if (learning)
            for (int j = 0; j < count; j++) cells.theta[j] *= decay_theta;
        if (total < least && showing < static_cast<int>(in_a_step.size())) return;
        write(responses_file, &showing, 1);
        write(responses_file, counts.data(), counts.size());
        if (++done < digits) return read_digit();
        std::FILE *learned = open("learned", "wb");
        write(learned, weights.data(), weights.size());
        write(learned, cells.theta, count);
        if (std::fclose(learned) || std::fclose(responses_file)) fail("results");
        Network::_globally_stopped = true;
    }

   private:
    static constexpr float resting = -0.5f;
    int inputs = 0, count = 0, steps = 0, digits = 0, done = 0, now = 0, learning = 0, least = 0, total = 0;
    int32_t showing = 0;
    float inhibition = 0, target = 0, w_max = 0, w_total = 0, decay_x = 0, decay_theta = 0, eta = 0;
    Cells cells = {};
    std::string folder;
    std::FILE *digits_file = nullptr, *responses_file = nullptr;
    std::vector<float> in_a_step;  // of a white pixel, its chance to fire in a step, one showing after the other
    std::vector<float> weights;    // (inputs, cells)
    std::vector<float> trace, image, chance, sum;
    std::vector<int> lit, fired;
    std::vector<int32_t> counts;
    Random random = {};

    static void fail(const char *what) {
        std::fprintf(stderr, "%s cannot be opened, or end too early\n", what);
        std::exit(1);
    }

    std::FILE *open(const char *name, const char *mode) const {
        std::FILE *file = std::fopen((folder + name).c_str(), mode);
        if (!file) fail(name);
        return file;
    }

    template <class T>
    void read(T *to, size_t size) {
        if (size && std::fread(to, sizeof(T), size, digits_file) != size) fail("digits");
    }

    template <class T>
    T read() {
        T value;
        read(&value, 1);
        return value;
    }

    template <class T>
    static void write(std::FILE *file, const T *from, size_t size) {
        if (std::fwrite(from, sizeof(T), size, file) != size) fail("results");
    }

    void read_head() {
        digits = read<int32_t>(), steps = read<int32_t>(), least = read<int32_t>(), learning = read<int32_t>();
        in_a_step.resize(read<int32_t>());
        read(in_a_step.data(), in_a_step.size());
        for (float *constant : {cells.one, cells.leak, cells.decay_e, cells.decay_i, cells.gain_e, cells.gain_i,
                                cells.e_rest, cells.e_inhibitory, cells.v_threshold, cells.v_reset, cells.theta_plus,
                                cells.hold, cells.half})
            *constant = read<float>();
        inhibition = read<float>(), eta = read<float>(), target = read<float>(), w_max = read<float>(), w_total = read<float>();
        decay_x = read<float>(), decay_theta = read<float>();
        weights.resize(static_cast<size_t>(inputs) * count);
        read(weights.data(), weights.size());
        read(cells.theta, count);
        trace.resize(inputs), image.resize(inputs), chance.resize(inputs), fired.resize(inputs + 1);
        sum.resize(count), counts.resize(count);
    }

    void read_digit() {
        read(image.data(), inputs);
        random = Random{};
        read(random.state, 4);
        lit.clear();
        for (int i = 0; i < inputs; i++)
            if (image[i] != 0) lit.push_back(i);
        showing = 0;
    }

    // All that a cell receives, scaled to one sum.
    void normalise() {
        float *__restrict to = sum.data();
        std::fill_n(to, count, 0.0f);
        for (int i = 0; i < inputs; i++) add_row(weights.data() + static_cast<size_t>(i) * count);
        for (int j = 0; j < count; j++) to[j] = w_total / to[j];
        for (int i = 0; i < inputs; i++) {
            float *__restrict row = weights.data() + static_cast<size_t>(i) * count;
            for (int j = 0; j < count; j++) row[j] *= to[j];
        }
    }

    void add_row(const float *__restrict row) {
        float *__restrict to = sum.data();
        for (int j = 0; j < count; j++) to[j] += row[j];
    }

    void excite() {
        const int bright = static_cast<int>(lit.size());
        int firing = 0;
        Random own = random;  // a copy, which can stay in registers
        for (int k = 0; k < bright; k++) {  // without a branch, which no processor could foresee
            fired[firing] = lit[k];
            firing += own.uniform() < chance[k];
        }
        random = own;
        if (!firing) return;
        std::fill(sum.begin(), sum.end(), 0.0f);
        for (int k = 0; k < firing; k++) {
            trace[fired[k]] = 1.0f;
            add_row(weights.data() + static_cast<size_t>(fired[k]) * count);
        }
        for (int j = 0; j < count; j++) cells.g_e[j] += sum[j];
    }

    // What a spike of cell j changes in its weights.
    void learn(int j) {
        float *w = weights.data() + j;
        for (int i = 0; i < inputs; i++, w += count) {
            const float moved = *w + eta * (trace[i] - target) * (w_max - *w);
            *w = std::min(std::max(moved, 0.0f), w_max);
        }
    }
};

}  // namespace stdp
