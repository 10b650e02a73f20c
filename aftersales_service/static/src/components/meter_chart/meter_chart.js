import { Component, onWillStart, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;

/** The readings of an asset's meters as lines, with what can be expected (W01). */
export class MeterChart extends Component {
    static template = "aftersales_service.MeterChart";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.charts = [];
        this.state = useState({ meters: [], may_add: false });
        onWillStart(() => Promise.all([loadBundle("web.chartjs_lib"), this.load()]));
        onWillUpdateProps((nextProps) => this.load(nextProps.record));
        useEffect(
            () => {
                this.draw();
                return () => this.clear();
            },
            () => [this.state.meters]
        );
    }

    async load(record = this.props.record) {
        const answer = record.resId
            ? await this.orm.call(record.resModel, "get_meter_chart", [record.resId])
            : { meters: [], may_add: false };
        Object.assign(this.state, answer);
    }

    async addReading() {
        const { record } = this.props;
        const action = await this.orm.call(record.resModel, "action_add_meter_reading", [
            [record.resId],
        ]);
        await this.action.doAction(action, {
            onClose: async () => {
                await record.load();
                await this.load();
            },
        });
    }

    clear() {
        this.charts.forEach((chart) => chart.destroy());
        this.charts = [];
    }

    draw() {
        this.clear();
        for (const canvas of this.root.el.querySelectorAll("canvas")) {
            const meter = this.state.meters.find((m) => m.unit === canvas.dataset.unit);
            this.charts.push(new Chart(canvas, this.getConfig(meter)));
        }
    }

    getConfig(meter) {
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#111827", "#E4E4E4");
        const grid = getCustomColor(scheme, "#d8dadd", "#3C3E4B");
        const format = (millis) => DateTime.fromMillis(millis).toLocaleString(DateTime.DATE_MED);
        return {
            type: "line",
            data: { datasets: this.getDatasets(meter, scheme) },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: { labels: { color: text } },
                    tooltip: {
                        callbacks: {
                            title: ([item]) => format(item.parsed.x),
                            afterLabel: (item) => item.raw.note || "",
                        },
                    },
                },
                scales: {
                    x: {
                        type: "linear",
                        grid: { color: grid },
                        ticks: { color: text, maxTicksLimit: 6, maxRotation: 0, callback: format },
                    },
                    y: { beginAtZero: true, grid: { color: grid }, ticks: { color: text } },
                },
            },
        };
    }

    getDatasets(meter, scheme) {
        const millis = (day) => DateTime.fromISO(day).toMillis();
        const points = (name) =>
            meter.readings.map((reading) => ({
                x: millis(reading.date),
                y: reading[name],
                note: reading.note,
            }));
        const line = (label, data, index, options = {}) => ({
            label,
            data,
            borderColor: getColor(index, scheme, "odoo"),
            backgroundColor: getColor(index, scheme, "odoo"),
            borderWidth: 2,
            ...options,
        });
        const datasets = [line(_t("Reading"), points("value"), 0)];
        if (meter.replaced) {
            const dashed = { borderDash: [2, 2], pointRadius: 0 };
            datasets.push(line(_t("Total of all counters"), points("total"), 1, dashed));
        }
        const last = meter.readings.at(-1);
        for (const forecast of meter.forecasts.filter((one) => one.in_time)) {
            const data = [
                { x: millis(last.date), y: last.total },
                { x: millis(forecast.date), y: forecast.limit },
            ];
            const color = getCustomColor(scheme, "#b35c00", "#ffb366");
            const dashed = { borderDash: [6, 4], borderColor: color, backgroundColor: color };
            datasets.push(line(forecast.label, data, 2, dashed));
        }
        return datasets;
    }
}

export const meterChart = { component: MeterChart };

registry.category("view_widgets").add("aftersales_meter_chart", meterChart);
