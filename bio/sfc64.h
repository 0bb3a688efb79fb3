// Numpy's generator SFC64 and its normal numbers, in C++: the same state gives the same numbers as there.

#pragma once

#include <cmath>
#include <cstdint>

namespace clockwork {

// Doty-Humphrey's small fast chaotic generator SFC64, in the state that numpy's has, halves of 64 bits used in turn.
struct Random {
    uint64_t state[4];
    uint32_t second_half;
    bool has_half;

    uint64_t next64() {
        const uint64_t sum = state[0] + state[1] + state[3]++;
        state[0] = state[1] ^ (state[1] >> 11);
        state[1] = state[2] + (state[2] << 3);
        state[2] = ((state[2] << 24) | (state[2] >> 40)) + sum;
        return sum;
    }

    uint32_t next32() {
        if (has_half) {
            has_half = false;
            return second_half;
        }
        const uint64_t both = next64();
        has_half = true;
        second_half = static_cast<uint32_t>(both >> 32);
        return static_cast<uint32_t>(both);
    }

    // evenly from [0, 1)
    float uniform() { return (next32() >> 8) * (1.0f / 16777216.0f); }

    float normal();
};

// Marsaglia & Tsang, "The ziggurat method for generating random variables" (J. Stat. Softw. 2000, 5:8): 256 layers of
// equal area under exp(-x²/2), with numpy's constants and its use of the bits.
struct Ziggurat {
    static constexpr double edge = 3.6541528853610088, area = 0.00492867323399;
    uint32_t sure[256];  // a layer's number below which the point lies under the curve
    float width[256], height[256];

    Ziggurat() {
        const double scale = 8388608.0;  // 2²³
        double right = edge, top = edge;
        const double bottom = area / std::exp(-0.5 * edge * edge);
        sure[0] = static_cast<uint32_t>(edge / bottom * scale);
        sure[1] = 0;
        width[0] = static_cast<float>(bottom / scale);
        width[255] = static_cast<float>(edge / scale);
        height[0] = 1.0f;
        height[255] = static_cast<float>(std::exp(-0.5 * edge * edge));
        for (int i = 254; i >= 1; i--) {
            right = std::sqrt(-2.0 * std::log(area / right + std::exp(-0.5 * right * right)));
            sure[i + 1] = static_cast<uint32_t>(right / top * scale);
            top = right;
            height[i] = static_cast<float>(std::exp(-0.5 * right * right));
            width[i] = static_cast<float>(right / scale);
        }
    }
};

inline const Ziggurat &ziggurat() {
    static const Ziggurat tables;
    return tables;
}

inline float Random::normal() {
    static const Ziggurat &tables = ziggurat();
    for (;;) {
        const uint32_t bits = next32();
        const int layer = bits & 0xff;
        const uint32_t number = (bits >> 9) & 0x007fffff;
        const float size = number * tables.width[layer], x = (bits >> 8) & 1 ? -size : size;
        if (number < tables.sure[layer]) return x;
        if (layer == 0) {
            for (;;) {  // the tail beyond the edge
                const float beyond = -(1.0f / static_cast<float>(Ziggurat::edge)) * log1pf(-uniform());
                const float drop = -log1pf(-uniform());
                if (drop + drop > beyond * beyond) {
                    const float far = static_cast<float>(Ziggurat::edge) + beyond;
                    return (number >> 8) & 1 ? -far : far;
                }
            }
        }
        if ((tables.height[layer - 1] - tables.height[layer]) * uniform() + tables.height[layer] <
            std::exp(-0.5 * x * x))
            return x;
    }
}

}  // namespace clockwork
