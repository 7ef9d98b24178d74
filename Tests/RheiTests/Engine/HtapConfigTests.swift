@testable import Rhei
import Testing

@Suite struct HtapConfigTests {
    @Test(arguments: [
        (nil, 65_536), (1 << 20, 2_048), (64 << 20, 2_048), (256 << 20, 4_096), (1 << 30, 16_384), (1 << 40, 65_536),
    ])
    func `connections keep pages for a sixty-fourth of the memory limit`(_ limit: Int?, _ kibibytes: Int) {
        var config = HtapConfig(databasePath: "x")
        config.memoryLimit = limit
        #expect(config.cacheKibibytes == kibibytes)
    }
}
